package org.smartbert.jobs.history;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.model.training.GateMode;
import org.smartbert.model.training.TrainingEvent;

/**
 * Loss terms and gate means while training ran, and each evaluation: {@code gates} are those of the
 * evaluation, {@code trained_gates} those of the steps before it (soft, hard or off). A row of the
 * split {@code floor} has the scores of a word count on the validation rows.
 */
public final class TrainingMetricsTable {
  private static final StructType SCHEMA =
      StructType.fromDDL(
          "run_id STRING, split STRING, stage INT, trial INT, epoch INT, step INT, loss DOUBLE,"
              + " cross_entropy DOUBLE, skip_penalty DOUBLE, contrastive DOUBLE, gate_means"
              + " ARRAY<DOUBLE>, learning_rate DOUBLE, head_learning_rate DOUBLE, rows_per_second"
              + " DOUBLE, accuracy DOUBLE, f1 DOUBLE, mcc DOUBLE, cost DOUBLE, mean_layers DOUBLE,"
              + " gates STRING, trained_gates STRING, logged_at TIMESTAMP");

  private final SparkSession spark;
  private final TableLocation location;

  public TrainingMetricsTable(SparkSession spark, String root) {
    this.spark = spark;
    this.location = TableLocation.under(root, "training_metrics", spark);
  }

  public void append(String runId, List<TrainingEvent> events) {
    Timestamp now = Timestamp.from(Instant.now());
    List<Row> rows = events.stream().map(event -> row(runId, event, now)).toList();
    // A table of an earlier version gains the columns that are new.
    location.append(spark.createDataFrame(rows, SCHEMA));
  }

  /**
   * Adds the scores of a word count on the validation rows, as a row of the split {@code floor}
   * without a stage.
   */
  public void appendFloor(String runId, TrainingEvent.Scores scores) {
    Object[] values = new Object[SCHEMA.size()];
    values[SCHEMA.fieldIndex("run_id")] = runId;
    values[SCHEMA.fieldIndex("split")] = "floor";
    values[SCHEMA.fieldIndex("accuracy")] = scores.accuracy();
    values[SCHEMA.fieldIndex("f1")] = scores.f1();
    values[SCHEMA.fieldIndex("mcc")] = scores.mcc();
    values[SCHEMA.fieldIndex("logged_at")] = Timestamp.from(Instant.now());
    location.append(spark.createDataFrame(List.of(RowFactory.create(values)), SCHEMA));
  }

  public TableLocation location() {
    return location;
  }

  private static Row row(String runId, TrainingEvent event, Timestamp now) {
    if (event instanceof TrainingEvent.Step s) {
      Double[] gates = Arrays.stream(s.loss().gateMeans()).boxed().toArray(Double[]::new);
      return RowFactory.create(
          runId,
          "train",
          s.stage(),
          s.trial(),
          s.epoch(),
          s.step(),
          s.loss().total(),
          s.loss().crossEntropy(),
          s.loss().skipPenalty(),
          s.loss().contrastive(),
          gates,
          s.rates().backbone(),
          s.rates().heads(),
          s.rowsPerSecond(),
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          now);
    }
    TrainingEvent.Validation v = (TrainingEvent.Validation) event;
    return RowFactory.create(
        runId,
        "validation",
        v.stage(),
        v.trial(),
        v.epoch(),
        v.step(),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        v.scores().accuracy(),
        v.scores().f1(),
        v.scores().mcc(),
        v.cost(),
        v.meanLayers(),
        name(v.gates()),
        name(v.trainedGates()),
        now);
  }

  private static String name(GateMode gates) {
    return gates.name().toLowerCase(Locale.ROOT);
  }
}
