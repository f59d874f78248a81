package org.smartbert.model.training;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.Decisions;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.io.HostTensor;

/**
 * Evaluates the current model on the validation rows; each worker takes its share.
 *
 * @param rows this worker's validation rows
 */
record Validator(BertConfig config, Worker worker, List<LabelledText> rows) {

  /**
   * The scores over all workers' rows; the metrics are NaN where a row's logits are infinite or
   * NaN. Nothing where a worker was requested to stop before its rows were scored.
   *
   * @param trainedGates the gates of the steps before
   */
  Optional<TrainingEvent.Validation> score(
      Map<String, HostTensor> weights,
      InferenceSettings how,
      Checkpoint.Position at,
      GateMode trainedGates) {
    Counts counts = new Counts(config.classes());
    try (SmartBertModel model =
            SmartBertModel.of(config, weights, Precision.FP32, worker.device());
        Decisions decisions =
            model.classifier(how).classify(rows.stream().map(LabelledText::text).iterator())) {
      for (Iterator<LabelledText> row = rows.iterator(); row.hasNext(); ) {
        if (worker.stop().getAsBoolean()) {
          counts.stopped();
          break;
        }
        counts.add(row.next().label(), decisions.next());
      }
    }
    worker.sync().sum(counts.sums);
    return counts.anyStopped()
        ? Optional.empty()
        : Optional.of(counts.validation(at, trainedGates));
  }

  /** What is summed over the workers: the confusion matrix, then the other sums. */
  private static final class Counts {
    private static final int ROWS = 0;
    private static final int FLOPS = 1;
    private static final int FLOPS_FULL = 2;
    private static final int LAYERS = 3;
    private static final int NOT_FINITE = 4;
    private static final int STOPPED = 5;

    private final int classes;
    private final double[] sums;

    Counts(int classes) {
      this.classes = classes;
      this.sums = new double[classes * classes + STOPPED + 1];
    }

    void add(int label, Decision decision) {
      sums[label * classes + decision.label()]++;
      sums[classes * classes + ROWS]++;
      sums[classes * classes + FLOPS] += decision.flops();
      sums[classes * classes + FLOPS_FULL] += decision.flopsFull();
      sums[classes * classes + LAYERS] += decision.layersExecuted();
      for (float logit : decision.logits()) {
        sums[classes * classes + NOT_FINITE] += Float.isFinite(logit) ? 0 : 1;
      }
    }

    void stopped() {
      sums[classes * classes + STOPPED]++;
    }

    boolean anyStopped() {
      return of(STOPPED) > 0;
    }

    private double of(int which) {
      return sums[classes * classes + which];
    }

    private double value(Metric metric, double[][] confusion) {
      return of(NOT_FINITE) > 0 ? Double.NaN : metric.of(confusion);
    }

    TrainingEvent.Validation validation(Checkpoint.Position at, GateMode trainedGates) {
      double[][] confusion = new double[classes][classes];
      for (int actual = 0; actual < classes; actual++) {
        System.arraycopy(sums, actual * classes, confusion[actual], 0, classes);
      }
      return new TrainingEvent.Validation(
          at.index(),
          new TrainingEvent.Scores(
              value(Metric.ACCURACY, confusion),
              value(Metric.F1, confusion),
              value(Metric.MCC, confusion)),
          of(FLOPS) / of(FLOPS_FULL),
          of(LAYERS) / of(ROWS),
          trainedGates,
          false);
    }
  }
}
