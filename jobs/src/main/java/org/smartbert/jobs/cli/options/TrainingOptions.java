package org.smartbert.jobs.cli.options;

import org.smartbert.jobs.actions.training.ClassWeighting;
import org.smartbert.model.Precision;
import org.smartbert.model.training.TrainingSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The training hyperparameters; defaults are the paper's. */
public final class TrainingOptions {
  /** Beyond it the gradient of a gate's sigmoid is as good as none. */
  private static final double MAX_GATE_BIAS = 10;

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
      names = "--gate-bias",
      defaultValue = "0",
      paramLabel = "BIAS",
      description =
          "Beyond the paper: initial bias of each gate's output. 0 skips half of the layers at"
              + " first; below 0 gates start by executing, -2 with a probability of skipping of"
              + " 0.12 (default: ${DEFAULT-VALUE}).")
  private double gateBias;

  @Option(
      names = "--seed",
      defaultValue = "42",
      paramLabel = "NUMBER",
      description = "Seed of new weights, row order and dropout (default: ${DEFAULT-VALUE}).")
  private long seed;

  /** Refuses values out of range, and what the method does not have, all at once. */
  public void validate(MethodOptions method, double validationFraction) {
    OptionErrors errors = new OptionErrors();
    optimiser.validate(errors);
    epochs.validate(errors);
    losses.validate(method, errors);
    if (precision == Precision.INT8) {
      errors.add(
          "--precision int8 is for scoring; train with fp32 or bf16, then quantize the model");
    }
    if (!(Math.abs(gateBias) <= MAX_GATE_BIAS)) {
      errors.add("--gate-bias is " + gateBias + " and must be between -10 and 10");
    }
    if (gateBias != 0 && !method.mechanism().skips()) {
      errors.add("--gate-bias is " + gateBias + " and the network has no gates; leave it out");
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
        gateBias,
        seed);
  }
}
