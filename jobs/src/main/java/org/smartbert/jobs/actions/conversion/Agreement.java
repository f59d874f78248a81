package org.smartbert.jobs.actions.conversion;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.smartbert.jobs.actions.evaluation.Evaluation;
import org.smartbert.jobs.actions.training.TrainingPlan;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.LabelledRows;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.model.Precision;
import org.smartbert.model.inference.Gates;
import org.smartbert.udfs.AdaptiveScoring;
import org.smartbert.udfs.ComputeDevice;
import org.smartbert.udfs.PredictionSchema;
import org.smartbert.udfs.ScoringCounters;
import org.smartbert.udfs.ScoringRequest;

/**
 * How often a converted model gives the label that the classifier gives, and at what cost: both
 * score the rows that were kept aside, in float32.
 *
 * @param heldOut (first STRING, second STRING)
 */
record Agreement(
    SparkSession spark,
    TrainingPlan plan,
    ConvertRequest.Comparison how,
    Dataset<Row> heldOut,
    InputTable.Pinned source) {

  /** One line for each threshold, and with gates for each of gates on and off. */
  List<ConvertResult.Line> of(String converted) {
    Dataset<Row> answered = answered().persist(StorageLevel.MEMORY_AND_DISK());
    try {
      ModelSelection.Resolved model = selected(converted).resolve(spark);
      Evaluation.Subject subject =
          new Evaluation.Subject(plan.output(), model.local(), model.config(), model.reference());
      List<ConvertResult.Line> lines = new ArrayList<>();
      for (Gates gates :
          model.config().mechanism().skips() ? List.of(Gates.ON, Gates.OFF) : List.of(Gates.OFF)) {
        new Evaluation(
                new LabelledRows("first", "second", "prediction"),
                new InputTable.Pinned(answered, source.version(), List.of()),
                "the rows that were kept aside",
                gates,
                how.thresholds(),
                how.timingRows())
            .of(subject)
            .forEach(line -> lines.add(new ConvertResult.Line(gates, line)));
      }
      return lines;
    } finally {
      answered.unpersist();
    }
  }

  /** The rows with the label that the classifier gives at full depth. */
  private Dataset<Row> answered() {
    float fullDepth = 0;
    return AdaptiveScoring.score(
            heldOut,
            new ScoringRequest(
                new ScoringRequest.Columns("first", "second"),
                selected(plan.network().backbone()).resolve(spark).reference(),
                fullDepth,
                Gates.OFF,
                new PredictionSchema("", PredictionSchema.Logits.DROP),
                plan.run().id()),
            ScoringCounters.register(spark.sparkContext()))
        .select("first", "second", "prediction");
  }

  private ModelSelection selected(String location) {
    return new ModelSelection(
        location,
        Optional.of(plan.network().maxTokens()),
        Optional.of(Precision.FP32),
        ComputeDevice.Requested.AUTO);
  }
}
