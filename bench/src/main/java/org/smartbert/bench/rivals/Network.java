package org.smartbert.bench.rivals;

import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.actions.evaluation.Evaluation;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.model.Precision;
import org.smartbert.model.inference.Gates;
import org.smartbert.udfs.AdaptiveScoring;
import org.smartbert.udfs.PredictionSchema;
import org.smartbert.udfs.ScoringCounters;
import org.smartbert.udfs.ScoringRequest;

/**
 * A network of this project by its own scorer. Where rows exit early, the validation rows choose
 * the threshold ({@link OperatingPoint#choose}).
 */
record Network(Models models, NetworkModel model, Precision precision, Gates gates)
    implements Rival {
  /** The name for a model and how it is run. */
  static String name(NetworkModel model, Precision precision, Gates gates) {
    boolean off = model == NetworkModel.SMARTBERT && gates == Gates.OFF;
    return model.folder()
        + (off ? "-gates-off" : "")
        + "-"
        + precision.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String name() {
    return name(model, precision, gates);
  }

  @Override
  public Fitted fit(TaskRows rows) {
    ModelSelection selection = models.select(model, precision);
    List<Evaluation.Line> lines = models.validated(selection, OperatingPoint.THRESHOLDS, gates);
    double fullDepth = models.fullDepthAccuracy();
    OperatingPoint chosen =
        OperatingPoint.choose(lines.stream().map(OperatingPoint::of).toList(), fullDepth);
    ModelSelection.Resolved resolved = selection.resolve(rows.spark());
    String detail =
        resolved.config().mechanism().exits()
            ? chosen.describe(fullDepth)
            : chosen.withoutThreshold();
    ScoringRequest request =
        new ScoringRequest(
            new ScoringRequest.Columns(TaskRows.TEXT, null),
            resolved.reference(),
            chosen.threshold(),
            gates,
            new PredictionSchema("", PredictionSchema.Logits.DROP),
            name());
    return new Scorer(rows.spark(), request, detail);
  }

  private record Scorer(SparkSession spark, ScoringRequest request, String detail)
      implements Fitted {
    @Override
    public Dataset<Row> score(Dataset<Row> rows) {
      return AdaptiveScoring.score(rows, request, ScoringCounters.register(spark.sparkContext()))
          .select(TaskRows.TEXT, TaskRows.LABEL, "prediction");
    }
  }
}
