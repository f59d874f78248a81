package org.smartbert.bench.rivals;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Rows of a partition through ONNX Runtime: a window of rows at a time is sorted by length,
 * computed in padded batches, and given out in the rows' order.
 */
final class OnnxRows implements Iterator<Row> {
  /** More than the engine's own window holds (16,384 tokens), so that little is padded. */
  private static final int WINDOW_ROWS = 4096;

  private final Iterator<Row> input;
  private final OnnxModel model;
  private final Column column;
  private Iterator<Row> ready = List.<Row>of().iterator();

  private OnnxRows(Iterator<Row> input, OnnxModel model, Column column) {
    this.input = input;
    this.model = model;
    this.column = column;
  }

  /** The column that is made of an output. */
  private interface Column extends Serializable {
    Object of(float[] output);
  }

  /**
   * Classifies.
   *
   * @param rows text STRING, label STRING
   * @return the same and prediction STRING, the name of the largest output
   */
  static Dataset<Row> predictions(Dataset<Row> rows, OnnxModel model, Labels labels) {
    List<String> names = new ArrayList<>(labels.names());
    return mapped(rows, model, "prediction STRING", output -> names.get(largest(output)));
  }

  /** The same with the outputs as features ARRAY of DOUBLE. */
  static Dataset<Row> features(Dataset<Row> rows, OnnxModel model) {
    return mapped(rows, model, LinearClassifier.FEATURES + " ARRAY<DOUBLE>", OnnxRows::doubles);
  }

  private static Dataset<Row> mapped(
      Dataset<Row> rows, OnnxModel model, String added, Column column) {
    StructType schema = StructType.fromDDL("text STRING, label STRING, " + added);
    MapPartitionsFunction<Row, Row> network = part -> new OnnxRows(part, model, column);
    return rows.select(TaskRows.TEXT, TaskRows.LABEL).mapPartitions(network, Encoders.row(schema));
  }

  private static int largest(float[] output) {
    int best = 0;
    for (int c = 1; c < output.length; c++) {
      best = output[c] > output[best] ? c : best;
    }
    return best;
  }

  private static double[] doubles(float[] output) {
    double[] values = new double[output.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = output[i];
    }
    return values;
  }

  @Override
  public boolean hasNext() {
    return ready.hasNext() || input.hasNext();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    if (!ready.hasNext()) {
      ready = window();
    }
    return ready.next();
  }

  private Iterator<Row> window() {
    List<Row> rows = new ArrayList<>();
    while (rows.size() < WINDOW_ROWS && input.hasNext()) {
      rows.add(input.next());
    }
    float[][] outputs = model.outputs(rows.stream().map(row -> row.getString(0)).toList());
    List<Row> results = new ArrayList<>(rows.size());
    for (int r = 0; r < outputs.length; r++) {
      Row row = rows.get(r);
      results.add(RowFactory.create(row.getString(0), row.getString(1), column.of(outputs[r])));
    }
    return results.iterator();
  }
}
