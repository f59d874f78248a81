package org.smartbert.udfs;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.InvalidInputException;

/**
 * The columns that scoring adds to its input, in order.
 *
 * @param prefix goes before each name; may be empty
 * @param logits whether a {@code logits} column is added
 */
public record PredictionSchema(String prefix, Logits logits) implements Serializable {
  /** Whether the logits are kept. */
  public enum Logits {
    KEEP,
    DROP
  }

  /** All prediction columns, nullable: a row that cannot be scored has most of them null. */
  public List<StructField> columns() {
    List<StructField> columns = new ArrayList<>(answer());
    add(columns, "model_version", DataTypes.StringType);
    add(columns, "entropy_threshold", DataTypes.FloatType);
    add(columns, "run_id", DataTypes.StringType);
    add(columns, "scored_at", DataTypes.TimestampType);
    if (logits == Logits.KEEP) {
      add(columns, "logits", DataTypes.createArrayType(DataTypes.FloatType));
    }
    return columns;
  }

  /** Those among them that do not depend on the run. */
  public List<StructField> answer() {
    List<StructField> columns = new ArrayList<>();
    add(columns, "prediction", DataTypes.StringType);
    add(columns, "confidence", DataTypes.DoubleType);
    add(columns, "probabilities", DataTypes.createArrayType(DataTypes.FloatType));
    add(columns, "entropy", DataTypes.FloatType);
    add(columns, "exit_layer", DataTypes.IntegerType);
    add(columns, "skip_mask", DataTypes.createArrayType(DataTypes.BooleanType));
    add(columns, "layers_executed", DataTypes.IntegerType);
    add(columns, "tokens", DataTypes.IntegerType);
    add(columns, "truncated", DataTypes.BooleanType);
    add(columns, "flops", DataTypes.LongType);
    add(columns, "flops_full", DataTypes.LongType);
    add(columns, "error", DataTypes.StringType);
    return columns;
  }

  /** What holds for every row, as SQL conditions by name. Delta takes null for a violation. */
  public Map<String, String> constraints() {
    String none = column("prediction") + " IS NULL";
    String layer = column("exit_layer");
    Map<String, String> constraints = new LinkedHashMap<>();
    constraints.put(
        prefix + "decided_or_explained",
        String.format("(%s) = (%s IS NOT NULL)", none, column("error")));
    constraints.put(
        prefix + "layers_fit",
        String.format(
            "%s OR (size(%s) = %s AND %s BETWEEN 0 AND %s)",
            none, column("skip_mask"), layer, column("layers_executed"), layer));
    constraints.put(
        prefix + "confidence_is_a_share",
        String.format("%s OR %s BETWEEN 0 AND 1.000001", none, column("confidence")));
    return constraints;
  }

  private String column(String name) {
    return TextColumns.quoted(prefix + name);
  }

  private void add(List<StructField> columns, String name, DataType type) {
    columns.add(DataTypes.createStructField(prefix + name, type, true));
  }

  /**
   * The input's columns followed by ours.
   *
   * @throws InvalidInputException if both have a name
   */
  public StructType after(StructType input) {
    StructType all = input;
    for (StructField column : columns()) {
      if (Arrays.stream(input.fieldNames()).anyMatch(n -> n.equalsIgnoreCase(column.name()))) {
        throw new InvalidInputException(
            "The input has a column %s, which is also a prediction column; rename it, exclude it"
                + " (score: --keep), or give the prediction columns a prefix (score: --prefix"
                + " smartbert_).",
            column.name());
      }
      all = all.add(column);
    }
    return all;
  }
}
