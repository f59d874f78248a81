package org.smartbert.jobs.actions.calibration;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.monotonically_increasing_id;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.smartbert.jobs.statistics.BettingTest;
import org.smartbert.jobs.statistics.RatioEstimate;
import org.smartbert.model.calibration.Certificate.Promise;
import org.smartbert.udfs.ModelReference;
import org.smartbert.udfs.PolicyLosses;

/** What calibration rows lose and cost under each policy, kept by the executors until closed. */
final class RecordedRows implements AutoCloseable {
  /** The order of rows must not be that of any other split by their hash. */
  private static final String ORDER = "calibration";

  private static final StructType SUMS =
      StructType.fromDDL(
          "policy INT, rows BIGINT, errors BIGINT, x DOUBLE, y DOUBLE, xx DOUBLE, xy DOUBLE,"
              + " yy DOUBLE");

  private final Dataset<Row> recorded;
  private final int policies;

  private RecordedRows(Dataset<Row> recorded, int policies) {
    this.recorded = recorded;
    this.policies = policies;
  }

  /**
   * Rows that are computed when they are first asked for.
   *
   * @param rows columns first, second, label
   */
  static RecordedRows of(
      Dataset<Row> rows, ModelReference model, PolicyLosses.Comparison comparison) {
    Dataset<Row> keyed =
        rows.select(
            col("first"),
            col("second"),
            col("label"),
            xxhash64(col("first"), col("second"), monotonically_increasing_id(), lit(ORDER))
                .as("key"));
    return new RecordedRows(
        PolicyLosses.record(keyed, model, comparison).persist(StorageLevel.MEMORY_AND_DISK()),
        comparison.policies().size());
  }

  /**
   * A policy over all rows.
   *
   * @param errors sum of the losses
   */
  record Total(long errors, RatioEstimate.Sums flops) {
    static final Total NONE = new Total(0, RatioEstimate.Sums.NONE);

    Total plus(Total other) {
      return new Total(errors + other.errors, flops.plus(other.flops));
    }
  }

  /** One for each policy, in their order. */
  List<Total> totals() {
    int number = policies;
    MapPartitionsFunction<Row, Row> sum = rows -> sums(rows, number);
    Total[] totals = new Total[policies];
    Arrays.fill(totals, Total.NONE);
    for (Row part : recorded.mapPartitions(sum, Encoders.row(SUMS)).collectAsList()) {
      totals[part.getInt(0)] =
          totals[part.getInt(0)].plus(
              new Total(
                  part.getLong(2),
                  new RatioEstimate.Sums(
                      part.getLong(1),
                      part.getDouble(3),
                      part.getDouble(4),
                      part.getDouble(5),
                      part.getDouble(6),
                      part.getDouble(7))));
    }
    return List.of(totals);
  }

  private static Iterator<Row> sums(Iterator<Row> rows, int policies) {
    Total[] totals = new Total[policies];
    Arrays.fill(totals, Total.NONE);
    while (rows.hasNext()) {
      Row row = rows.next();
      byte[] losses = row.getAs("losses");
      List<Long> flops = row.getList(row.fieldIndex("flops"));
      long full = row.<Long>getAs("flops_full");
      for (int p = 0; p < policies; p++) {
        totals[p] =
            new Total(totals[p].errors() + losses[p], totals[p].flops().with(flops.get(p), full));
      }
    }
    return IntStream.range(0, policies).mapToObj(p -> row(p, totals[p])).iterator();
  }

  private static Row row(int policy, Total total) {
    RatioEstimate.Sums sums = total.flops();
    return RowFactory.create(
        policy, sums.rows(), total.errors(), sums.x(), sums.y(), sums.xx(), sums.xy(), sums.yy());
  }

  /**
   * The p-values of the betting test for each policy. Rows come to the driver a partition at a
   * time, in the order of a hash of their text and place: rows of one text, which lose alike, must
   * not stand together, or a loss would tell the next one.
   */
  double[] bettingPValues(Promise promise, long rows) {
    List<BettingTest> tests = new ArrayList<>();
    for (int p = 0; p < policies; p++) {
      tests.add(new BettingTest(promise.epsilon(), promise.delta(), rows));
    }
    Iterator<Row> ordered = recorded.select("key", "losses").orderBy("key").toLocalIterator();
    while (ordered.hasNext()) {
      byte[] losses = ordered.next().getAs("losses");
      for (int p = 0; p < policies; p++) {
        tests.get(p).add(losses[p]);
      }
    }
    return tests.stream().mapToDouble(BettingTest::pValue).toArray();
  }

  @Override
  public void close() {
    recorded.unpersist();
  }
}
