package org.smartbert.jobs.actions.demo;

import org.smartbert.jobs.actions.training.TrainingPlan;
import org.smartbert.jobs.sync.RingSettings;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.Method;
import org.smartbert.model.inference.Processor;
import org.smartbert.model.training.Safeguards;
import org.smartbert.model.training.TrainingSettings;
import org.smartbert.udfs.ComputeDevice;

/**
 * How the demo trains its pretrained backbone: in two steps. With both rates in one training the
 * new classifier outran the backbone, and the loss stayed at the entropy of the labels (2.8).
 */
final class DemoRecipe {
  /**
   * Six layers of the width of bge-small-en-v1.5, which has twelve and costs twice as much a row.
   */
  static final String BACKBONE = "all-MiniLM-L6-v2";

  /** The longest definition has 82 words, the mean one 12. */
  static final int MAX_TOKENS = 48;

  private static final int MOST_WORKERS = 4;

  private DemoRecipe() {}

  /**
   * The two steps. Their limits of minutes are reached on slow machines alone: a training then ends
   * before its learning rate is 0.
   */
  record Training(
      Method.Mechanism mechanism,
      double learningRate,
      int stageOneEpochs,
      int stageTwoEpochs,
      double mostMinutes) {
    /** All layers and one classifier, at full depth. */
    static final Training FULL_DEPTH = new Training(Method.BERT.mechanism(), 1.5e-4, 2, 0, 4.5);

    /**
     * A classifier in each layer of the network that does not change any more, at a rate that would
     * ruin a pretrained one. Without gates: rows exit, and no layer is skipped.
     */
    static final Training EXITS =
        new Training(new Method.Mechanism(Method.SMARTBERT, false, true), 2e-3, 1, 2, 3);

    /**
     * The settings.
     *
     * @param frozenLayers lowest layers that keep their weights, with the embeddings; 0 for none
     */
    TrainingSettings settings(int frozenLayers) {
      return TrainingSettings.defaults()
          .with(
              new TrainingSettings.Optimisation(
                  TrainingSettings.Rates.of(learningRate),
                  0.01,
                  1.0,
                  32,
                  1,
                  TrainingSettings.Frozen.lowest(frozenLayers)))
          .with(new TrainingSettings.Epochs(stageOneEpochs, 0, stageTwoEpochs, 0, mostMinutes))
          .with(Processor.knowsBfloat16() ? Precision.BF16 : Precision.FP32);
    }
  }

  /** As many workers as cores, as long as each has enough rows of a batch. */
  static int workers(int cores) {
    return Math.max(1, Math.min(cores, MOST_WORKERS));
  }

  static TrainingPlan.Workers workersOf(int count) {
    return new TrainingPlan.Workers(
        count, ComputeDevice.CPU, RingSettings.DEFAULT, Safeguards.DEFAULT, 3);
  }
}
