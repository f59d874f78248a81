package org.smartbert.jobs.cli.options;

import org.smartbert.jobs.actions.training.ClassWeighting;
import org.smartbert.model.Precision;
import org.smartbert.model.training.TrainingSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The training hyperparameters; defaults are the paper's. */
public final class TrainingOptions {
  @Mixin private OptimiserOptions optimiser;

  @Mixin private EpochOptions epochs;

  @Mixin private LossOptions losses;

  @Option(
      names = "--precision",
      defaultValue = "fp32",
      paramLabel = "fp32|bf16",
      description =
          "Precision of the forward and backward pass; weights and optimizer state are float32"
              + " (default:"
              + " ${DEFAULT-VALUE}).")
  private Precision precision;

  @Option(
      names = "--seed",
      defaultValue = "42",
      paramLabel = "NUMBER",
      description = "Seed of new weights, row order and dropout (default: ${DEFAULT-VALUE}).")
  private long seed;

  /** Refuses values out of range, all at once. */
  public void validate(double validationFraction) {
    OptionErrors errors = new OptionErrors();
    optimiser.validate(errors);
    epochs.validate(errors);
    losses.validate(errors);
    if (precision == Precision.INT8) {
      errors.add(
          "--precision int8 is for scoring; train with fp32 or bf16, then quantize the model");
    }
    if (!(validationFraction > 0 && validationFraction < 1)) {
      errors.add("--validation-fraction is " + validationFraction + " and must be between 0 and 1");
    }
    errors.refuse();
  }

  public int batchSize() {
    return optimiser.batchSize();
  }

  /** What each class weighs, as --class-weights says it. */
  public ClassWeighting classWeighting() {
    return losses.classWeighting();
  }

  /** The settings, without class weights. */
  public TrainingSettings settings(MethodOptions method) {
    return new TrainingSettings(
        optimiser.optimisation(),
        epochs.epochs(method),
        losses.losses(method),
        epochs.selection(),
        precision,
        seed);
  }
}
