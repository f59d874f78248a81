package org.smartbert.bench.paper;

import java.util.Locale;
import java.util.OptionalInt;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.training.TrainingSettings;

/**
 * How all cells of a campaign are trained: the paper's settings (section 4.3), but for what the
 * command line changes. The best epoch of stage 1 is chosen by accuracy on a tenth of the training
 * rows, so that no held-out row chooses anything.
 *
 * @param epochs of stage 1
 * @param exitEpochs of stage 2
 * @param rows the most rows to train with; empty for all
 */
record Recipe(int epochs, int exitEpochs, OptionalInt rows, Precision precision) {
  /** Share of the training rows that choose the best epoch of stage 1. */
  static final double VALIDATION = 0.1;

  static final int MAX_TOKENS = 128;

  /** The paper's three of five epochs with soft gates. */
  private static final double SOFT_SHARE = 0.6;

  private static final int FEWEST_ROWS = 20;

  /**
   * @throws InvalidInputException for numbers that train nothing
   */
  Recipe {
    if (epochs < 1 || exitEpochs < 1) {
      throw new InvalidInputException(
          "--epochs is %d and --exit-epochs is %d; both must be 1 or more.", epochs, exitEpochs);
    }
    if (rows.isPresent() && rows.getAsInt() < FEWEST_ROWS) {
      throw new InvalidInputException(
          "--rows is %d; give %d or more, of which a tenth validates.",
          rows.getAsInt(), FEWEST_ROWS);
    }
    if (precision == Precision.INT8) {
      throw new InvalidInputException("--precision int8 is for scoring; train with fp32 or bf16.");
    }
  }

  /** Epochs of stage 1 with soft gates; the last one always has hard gates. */
  private int softEpochs() {
    return (int) Math.min(epochs - 1L, Math.round(SOFT_SHARE * epochs));
  }

  TrainingSettings settings(Cell cell) {
    TrainingSettings paper = TrainingSettings.defaults();
    TrainingSettings.Rates one = TrainingSettings.Rates.of(cell.rates().backbone());
    TrainingSettings.Optimisation optimisation = paper.optimisation();
    return paper
        .with(
            new TrainingSettings.Optimisation(
                new TrainingSettings.Rates(
                    one.peaks(), cell.rates().heads(), one.schedule(), one.warmupSteps()),
                optimisation.weightDecay(),
                optimisation.clipNorm(),
                optimisation.batchSize(),
                optimisation.accumulation(),
                optimisation.frozen()))
        .with(new TrainingSettings.Epochs(epochs, softEpochs(), exitEpochs, 0, 0))
        .with(precision)
        .withSeed(cell.seed());
  }

  /** Optimiser steps of both stages. */
  long steps(Arm arm, long trainRows) {
    int batch = TrainingSettings.defaults().optimisation().batchSize();
    return (trainRows + batch - 1) / batch * epochs(arm);
  }

  /** Epochs of both stages. */
  int epochs(Arm arm) {
    return epochs + (arm.mechanism().exits() ? exitEpochs : 0);
  }

  /**
   * Epochs of both stages as time counts them: stage 2 computes the network forward alone, and
   * classifiers.
   */
  double work(Arm arm) {
    return epochs + (arm.mechanism().exits() ? 0.5 * exitEpochs : 0);
  }

  /** All that is the same for every cell of a campaign, as the results write it. */
  String describe() {
    TrainingSettings paper = TrainingSettings.defaults();
    return String.format(
        Locale.ROOT,
        "%d+%d epochs; %d soft; batch %d; warm-up %d; %d tokens; %s; %s rows, %.0f %% of them"
            + " validate",
        epochs,
        exitEpochs,
        softEpochs(),
        paper.optimisation().batchSize(),
        paper.optimisation().rates().warmupSteps(),
        MAX_TOKENS,
        precision.name().toLowerCase(Locale.ROOT),
        rows.isPresent() ? "at most " + rows.getAsInt() : "all",
        100 * VALIDATION);
  }
}
