package org.smartbert.bench.rivals;

import java.util.Optional;
import java.util.function.Function;
import org.smartbert.jobs.actions.training.TrainingPlan;
import org.smartbert.model.bert.Method;
import org.smartbert.model.training.TrainingSettings;

/**
 * How the models that are missing are trained: all with the same options.
 *
 * @param backbone directory, or a name of the catalogue
 * @param smallBackbone the same of the smaller one
 * @param maxTokens longest row; empty for the smaller of 128 and the model's limit
 * @param settings by method
 */
record Recipe(
    String backbone,
    String smallBackbone,
    Optional<Integer> maxTokens,
    Function<Method, TrainingSettings> settings,
    TrainingPlan.Workers workers) {}
