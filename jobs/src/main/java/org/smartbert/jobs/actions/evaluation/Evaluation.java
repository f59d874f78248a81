package org.smartbert.jobs.actions.evaluation;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.xxhash64;

import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.LabelledRows;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.training.Metric;
import org.smartbert.udfs.ComputeDevice;
import org.smartbert.udfs.ModelReference;
import org.smartbert.udfs.PolicyEvaluation;

/** Labelled rows, the exit policies to judge, and how models fare on them. */
public final class Evaluation {
  private static final long BOOTSTRAP_SEED = 1;

  private final LabelledRows columns;
  private final InputTable.Pinned input;
  private final String dataSet;
  private final Gates gates;
  private final List<Float> thresholds;
  private final int timingRows;

  /**
   * An evaluation.
   *
   * @param dataSet the input's name in the table
   * @param thresholds of each model's own exit rule
   * @param timingRows rows that are timed; 0 for none
   */
  public Evaluation(
      LabelledRows columns,
      InputTable.Pinned input,
      String dataSet,
      Gates gates,
      List<Float> thresholds,
      int timingRows) {
    this.columns = columns;
    this.input = input;
    this.dataSet = dataSet;
    this.gates = gates;
    this.thresholds = thresholds;
    this.timingRows = timingRows;
  }

  /** A model to judge. */
  public record Subject(String name, Path local, BertConfig config, ModelReference reference) {
    /** One policy a threshold, or full depth alone for a model without early exit. */
    private List<Float> fitting(List<Float> thresholds) {
      return config.mechanism().exits() ? thresholds : List.of(0f);
    }
  }

  /**
   * A model under one policy.
   *
   * @param realised full depth's seconds over this policy's, or null where it was not timed
   */
  public record Line(
      Subject subject,
      float threshold,
      PolicyResult result,
      Map<Metric, Scores> metrics,
      Double realised,
      Row row) {
    public Method method() {
      return subject.config().mechanism().method();
    }

    public Scores scores(Metric metric) {
      return metrics.get(metric);
    }
  }

  /**
   * Judges a model under every policy.
   *
   * @throws org.smartbert.model.InvalidInputException if there are no rows, or labels that the
   *     model does not know
   */
  public List<Line> of(Subject subject) {
    Dataset<Row> rows =
        columns.known(input.rows(), subject.config().labels(), dataSet, subject.name());
    Method method = subject.config().mechanism().method();
    List<Float> fitting = subject.fitting(thresholds);
    List<ExitPolicy> policies = fitting.stream().map(s -> ExitPolicy.of(method, s)).toList();
    List<Row> cells =
        PolicyEvaluation.cells(
                rows.select("first", "second", "label"), subject.reference(), gates, policies)
            .collectAsList();
    boolean times = timingRows > 0 && subject.reference().device() == ComputeDevice.CPU;
    List<Double> realised = times ? timed(subject, rows, policies) : null;
    List<Line> lines = new ArrayList<>();
    Timestamp now = Timestamp.from(Instant.now());
    for (int p = 0; p < policies.size(); p++) {
      PolicyResult result = PolicyResult.of(cells, p, subject.config().classes());
      Map<Metric, Scores> metrics = new EnumMap<>(Metric.class);
      for (Metric metric : Metric.values()) {
        metrics.put(metric, Scores.of(metric, result.confusion(), BOOTSTRAP_SEED));
      }
      Double clock = realised == null ? null : realised.get(p);
      float threshold = fitting.get(p);
      lines.add(
          new Line(
              subject,
              threshold,
              result,
              metrics,
              clock,
              row(subject, threshold, result, metrics, clock, now)));
    }
    return lines;
  }

  private List<Double> timed(Subject subject, Dataset<Row> rows, List<ExitPolicy> policies) {
    List<Row> sample =
        rows.orderBy(xxhash64(col("first"), col("second"))).limit(timingRows).collectAsList();
    ModelReference reference = subject.reference();
    try (SmartBertModel model =
        SmartBertModel.load(
            subject.local(), reference.maxTokens(), reference.precision(), TorchDevice.CPU)) {
      List<EncodedText> encoded =
          sample.stream()
              .map(row -> model.encoder().encode(row.getString(0), row.getString(1)))
              .toList();
      return RealisedSpeed.of(model, encoded, gates, policies);
    }
  }

  private Row row(
      Subject subject,
      float threshold,
      PolicyResult result,
      Map<Metric, Scores> metrics,
      Double realised,
      Timestamp now) {
    List<Object> values =
        new ArrayList<>(
            List.of(
                now,
                subject.name(),
                subject.reference().version(),
                dataSet,
                input.version(),
                result.rows(),
                gates.name().toLowerCase(Locale.ROOT),
                rule(subject.config().mechanism()),
                threshold));
    for (Metric metric : List.of(Metric.ACCURACY, Metric.F1, Metric.MCC)) {
      Scores scores = metrics.get(metric);
      values.addAll(List.of(scores.value(), scores.low(), scores.high()));
    }
    values.addAll(
        List.of(
            result.meanLayers(),
            result.flops() / result.rows(),
            result.cost(),
            1 / result.cost(),
            result.paperFlops() / result.rows() / 1e6));
    values.add(realised);
    values.add(subject.reference().precision().name().toLowerCase(Locale.ROOT));
    values.add(subject.config().mechanism().method().id());
    return RowFactory.create(values.toArray());
  }

  private static String rule(Method.Mechanism mechanism) {
    if (!mechanism.exits()) {
      return "none";
    }
    return mechanism.method() == Method.FASTBERT ? "normalised entropy" : "entropy";
  }
}
