package org.smartbert.model.training;

import java.io.Serializable;

/**
 * How a model is trained. Defaults are the paper's, and the authors' published ones where the paper
 * has none.
 *
 * @param learningRate peak of both stages
 * @param batchSize rows of a global batch
 * @param stageOneEpochs epochs of stage 1, the first {@code softEpochs} of them with soft gates
 * @param stageTwoEpochs epochs of stage 2
 * @param warmupSteps steps of linear warm-up, before linear decay to 0
 * @param weightDecay AdamW's, on matrices only
 * @param clipNorm largest global L2 norm of a gradient
 * @param skipLambda weight of the skip penalty, λ of equation 3
 * @param stageOneContrast η and τ of equations 3 and 4
 * @param stageTwoContrast η and τ of equations 5 and 8
 * @param seed of new weights, row order and dropout
 */
public record TrainingSettings(
    double learningRate,
    int batchSize,
    int stageOneEpochs,
    int softEpochs,
    int stageTwoEpochs,
    int warmupSteps,
    double weightDecay,
    double clipNorm,
    double skipLambda,
    Contrast stageOneContrast,
    Contrast stageTwoContrast,
    long seed)
    implements Serializable {

  /** Weight η and temperature τ of a contrastive term. */
  public record Contrast(double eta, double tau) implements Serializable {}

  public static TrainingSettings defaults() {
    return new TrainingSettings(
        2e-5,
        32,
        5,
        3,
        4,
        10,
        0.01,
        1.0,
        0.05,
        new Contrast(0.01, 0.5),
        new Contrast(0.05, 0.55),
        42);
  }

  /** The gates' mode in an epoch of stage 1, counted from 1. */
  public GateMode gateMode(int epoch) {
    return epoch <= softEpochs ? GateMode.SOFT : GateMode.HARD;
  }
}
