package org.smartbert.jobs.actions.training;

import java.util.List;
import org.smartbert.jobs.io.TableLocation;

/**
 * What a training run did.
 *
 * @param notes how the rows were read, how many of them were used, and labels that look alike
 * @param metrics the table of loss terms and evaluations
 */
public record TrainResult(
    TrainingPlan plan, TrainingJob.Result job, List<String> notes, TableLocation metrics) {}
