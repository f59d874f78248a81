package org.smartbert.jobs.actions.evaluation;

import java.util.List;
import org.smartbert.jobs.io.TableLocation;

/**
 * How models fared.
 *
 * @param lines one for each model and threshold
 * @param notes how the rows were read, and how many of them were evaluated
 * @param table where they were appended
 */
public record EvaluateResult(
    List<Evaluation.Line> lines, List<String> notes, TableLocation table) {}
