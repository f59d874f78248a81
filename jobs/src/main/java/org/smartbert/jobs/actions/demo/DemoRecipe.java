package org.smartbert.jobs.actions.demo;

import java.util.List;
import org.smartbert.jobs.actions.training.TrainingPlan;
import org.smartbert.jobs.sync.RingSettings;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.Method;
import org.smartbert.model.inference.Processor;
import org.smartbert.model.training.Safeguards;
import org.smartbert.model.training.Schedule;
import org.smartbert.model.training.TrainingSettings;
import org.smartbert.udfs.ComputeDevice;

/** How the demo trains its pretrained backbone; docs/benchmarks.md has what was compared. */
final class DemoRecipe {
  /** Six layers train twice as many rows in the same time as the twelve of bge-small-en-v1.5. */
  static final String BACKBONE = "all-MiniLM-L6-v2";

  /** The longest definition has 82 words, the mean one 12. */
  static final int MAX_TOKENS = 48;

  /** Without gates: rows exit, and no layer is skipped. */
  static final Method.Mechanism MECHANISM = new Method.Mechanism(Method.SMARTBERT, false, true);

  private static final int MOST_WORKERS = 4;
  private static final double LEARNING_RATE = 1.5e-4;

  /** New classifiers start from random weights. */
  private static final double HEAD_LEARNING_RATE = 2e-3;

  private static final int WARMUP_STEPS = 50;

  /** Reached on slow machines alone: training then ends before its learning rate is 0. */
  private static final double MOST_MINUTES = 5.5;

  private DemoRecipe() {}

  static TrainingSettings settings() {
    TrainingSettings.Rates rates =
        new TrainingSettings.Rates(
            List.of(LEARNING_RATE),
            new TrainingSettings.HeadLearningRate(HEAD_LEARNING_RATE),
            Schedule.LINEAR,
            WARMUP_STEPS);
    return TrainingSettings.defaults()
        .with(new TrainingSettings.Optimisation(rates, 0.01, 1.0, 32, 1, 0))
        .with(new TrainingSettings.Epochs(2, 0, 2, 0, MOST_MINUTES))
        .with(Processor.knowsBfloat16() ? Precision.BF16 : Precision.FP32);
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
