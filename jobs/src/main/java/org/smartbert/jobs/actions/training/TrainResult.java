package org.smartbert.jobs.actions.training;

import org.smartbert.jobs.io.TableLocation;

/**
 * What a training run did.
 *
 * @param metrics the table of loss terms and evaluations
 */
public record TrainResult(TrainingPlan plan, TrainingJob.Result job, TableLocation metrics) {}
