package org.smartbert.bench.promises;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.LabelledRows;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.bert.Method;
import org.smartbert.model.calibration.Reference;
import org.smartbert.model.calibration.Risk;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.udfs.PolicyLosses;

/**
 * Labelled rows, and a model whose thresholds are recorded on them.
 *
 * @param grid thresholds, the safest first
 */
record RecordedPopulation(
    TextInput input,
    String labelColumn,
    ModelSelection model,
    Gates gates,
    Reference reference,
    List<Float> grid) {

  /**
   * Runs the network over all rows.
   *
   * @throws InvalidInputException for rows, labels or a model that do not fit
   */
  Recording record(Risk risk, SparkSession spark) {
    ModelSelection.Resolved resolved = model.resolve(spark);
    Method.Mechanism mechanism = resolved.config().mechanism();
    if (!mechanism.exits()) {
      throw new InvalidInputException(
          "The model %s (method %s) has no early exits; give one that has them.",
          model.location(), mechanism.method().id());
    }
    InputTable.Pinned pinned = input.table().open(spark);
    LabelledRows columns = input.labelledBy(labelColumn);
    columns.validate(pinned.rows().schema());
    Dataset<Row> rows =
        columns
            .known(
                pinned.rows(),
                resolved.config().labels(),
                input.table().location(),
                model.location())
            .select(col("first"), col("second"), col("label"), lit(0L).as("key"))
            .repartition(spark.sparkContext().defaultParallelism());
    PolicyLosses.Comparison comparison =
        new PolicyLosses.Comparison(
            mechanism.skips() ? gates : Gates.OFF,
            grid.stream().map(s -> ExitPolicy.of(mechanism.method(), s)).toList(),
            reference,
            risk);
    return Recording.of(
        PolicyLosses.record(rows, resolved.reference(), comparison).collectAsList());
  }
}
