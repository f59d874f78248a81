package org.smartbert.jobs.actions.demo;

import org.smartbert.jobs.actions.conversion.ConvertRequest;
import org.smartbert.jobs.actions.training.TrainingPlan;
import org.smartbert.jobs.sync.RingSettings;
import org.smartbert.model.Precision;
import org.smartbert.model.inference.Processor;
import org.smartbert.model.training.Safeguards;
import org.smartbert.model.training.TrainingSettings;
import org.smartbert.udfs.ComputeDevice;

/**
 * How the demo trains its pretrained backbone: at full depth first, then exits by themselves. With
 * both in one training the new classifiers, which want a higher rate, outran the backbone.
 */
final class DemoRecipe {
  /**
   * Six layers of the width of bge-small-en-v1.5, which has twelve and costs twice as much a row.
   */
  static final String BACKBONE = "all-MiniLM-L6-v2";

  /** The longest definition has 82 words, the mean one 12. */
  static final int MAX_TOKENS = 48;

  private static final int BATCH = 32;
  private static final int MOST_WORKERS = 4;

  private DemoRecipe() {}

  private static Precision precision() {
    return Processor.knowsBfloat16() ? Precision.BF16 : Precision.FP32;
  }

  /**
   * All layers and one classifier. The limit of minutes is reached on slow machines alone: training
   * then ends before its learning rate is 0.
   */
  static TrainingSettings fullDepth() {
    return TrainingSettings.defaults()
        .with(
            new TrainingSettings.Optimisation(
                TrainingSettings.Rates.of(1.5e-4),
                0.01,
                1.0,
                BATCH,
                1,
                TrainingSettings.Frozen.NOTHING))
        .with(new TrainingSettings.Epochs(2, 0, 0, 0, 4))
        .with(precision());
  }

  /**
   * Exits learn at a rate that would ruin a pretrained network: it does not move. Three epochs:
   * after one, rows exit about a fifth later. The limit of minutes is as above.
   */
  static ConvertRequest.Learning exits() {
    ConvertRequest.Learning defaults = ConvertRequest.Learning.DEFAULT;
    return new ConvertRequest.Learning(
        defaults.rates(),
        new TrainingSettings.Epochs(0, 0, 3, 0, 3),
        BATCH,
        defaults.skipLambda(),
        precision(),
        defaults.seed());
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
