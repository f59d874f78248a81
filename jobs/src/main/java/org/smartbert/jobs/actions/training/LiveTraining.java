package org.smartbert.jobs.actions.training;

import java.util.List;
import java.util.Locale;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.model.training.GateMode;
import org.smartbert.model.training.LossTerms;
import org.smartbert.model.training.Purpose;
import org.smartbert.model.training.TrainingEvent;
import org.smartbert.model.training.TrainingSettings;
import scala.jdk.javaapi.CollectionConverters;

/** Shows training while it runs, from the events that come with the executors' heartbeats. */
final class LiveTraining extends SparkListener implements AutoCloseable {
  static final String ACCUMULATOR = "smartbert.training";

  private final Progress progress;
  private final int trials;
  private final int stageOneEpochs;
  private final int epochs;
  private final boolean converts;
  private final boolean trainsHardGates;
  private int shown;

  LiveTraining(Progress progress, TrainingPlan plan) {
    this.progress = progress;
    TrainingSettings settings = plan.settings();
    this.trials = settings.optimisation().rates().peaks().size();
    this.stageOneEpochs = settings.epochs().stageOne();
    this.converts = plan.network().purpose() == Purpose.CONVERSION;
    this.trainsHardGates = settings.trainsHardGates();
    this.epochs =
        trials * stageOneEpochs + (plan.network().hasStageTwo() ? settings.epochs().stageTwo() : 0);
  }

  /** A line that stays. */
  void note(String text) {
    progress.note(text);
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    for (var task : CollectionConverters.asJava(update.accumUpdates())) {
      for (AccumulableInfo info : CollectionConverters.asJava(task._4())) {
        if (info.name().contains(ACCUMULATOR) && info.update().isDefined()) {
          show((List<?>) info.update().get());
        }
      }
    }
  }

  /** Notes the validations that are new and redraws the progress. */
  synchronized void show(List<?> events) {
    for (; shown < events.size(); shown++) {
      if (events.get(shown) instanceof TrainingEvent.Validation v) {
        progress.note(converts ? agreement(v) : describe(v));
      }
    }
    if (!events.isEmpty() && events.get(events.size() - 1) instanceof TrainingEvent.Step s) {
      int before = s.stage() == 1 ? (s.trial() - 1) * stageOneEpochs : trials * stageOneEpochs;
      int stageEpochs = s.stage() == 1 ? stageOneEpochs : epochs - before;
      double doneEpochs = before + (double) s.step() / s.steps() * stageEpochs;
      progress.show(
          Math.round(1000 * doneEpochs),
          1000L * epochs,
          String.format(
              Locale.ROOT,
              "stage %d epoch %d  loss %.4f%s  %s%.0f rows/s",
              s.stage(),
              s.epoch(),
              s.loss().total(),
              converts ? "" : terms(s.loss()),
              s.loss().gateMeans().length == 0
                  ? ""
                  : String.format(Locale.ROOT, "gates %.2f  ", mean(s.loss().gateMeans())),
              s.rowsPerSecond()));
    }
  }

  private static String terms(LossTerms loss) {
    return String.format(
        Locale.ROOT, " (ce %.4f contrast %.3f)", loss.crossEntropy(), loss.contrastive());
  }

  /** Nothing is right or wrong in a conversion: rows have no labels. */
  private static String agreement(TrainingEvent.Validation v) {
    return String.format(
        Locale.ROOT,
        "  %s epoch %d step %,d%s: agreement with the classifier %.4f, %.2f layers, cost %.3f",
        v.stage() == 1 ? "gates" : "exits",
        v.epoch(),
        v.step(),
        readAsHard(v),
        v.scores().accuracy(),
        v.meanLayers(),
        v.cost());
  }

  private String describe(TrainingEvent.Validation v) {
    return String.format(
        Locale.ROOT,
        "  stage %d%s epoch %d step %,d%s: validation accuracy %.4f, F1 %.4f, MCC %.4f, %.2f"
            + " layers, cost %.3f%s",
        v.stage(),
        v.trial() > 1 ? " trial " + v.trial() : "",
        v.epoch(),
        v.step(),
        readAsHard(v),
        v.scores().accuracy(),
        v.scores().f1(),
        v.scores().mcc(),
        v.meanLayers(),
        v.cost(),
        v.best() && v.stage() == 1 ? kept(v) : "");
  }

  /** Which gates an evaluation used, where the steps before it had others. */
  private static String readAsHard(TrainingEvent.Validation v) {
    return v.trainedGates() == v.gates() ? "" : " (trained with soft gates, scored with hard ones)";
  }

  private String kept(TrainingEvent.Validation v) {
    return v.trainedGates() == GateMode.SOFT && trainsHardGates
        ? "  (kept until hard gates are trained)"
        : "  (kept)";
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  @Override
  public void close() {
    progress.close();
  }
}
