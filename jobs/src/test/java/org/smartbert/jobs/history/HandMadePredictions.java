package org.smartbert.jobs.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.udfs.PredictionSchema;

/** Seven predictions whose sums can be done in the head. */
public final class HandMadePredictions {
  private static final String FIRST_DAY = "2026-03-01 10:00:00";
  private static final String SECOND_DAY = "2026-03-02 10:00:00";

  private HandMadePredictions() {}

  /** Two runs of two models on two days, with an error row, as a Delta table. */
  public static TableLocation write(Path folder, String name, String prefix) {
    SparkSession spark = TestSpark.local();
    StructType schema =
        new PredictionSchema(prefix, PredictionSchema.Logits.DROP)
            .after(StructType.fromDDL("id INT, truth STRING"));
    List<Row> rows =
        List.of(
            row(schema, 1, "good", "good", 1.0, 0.25f, 1, "0", 4, 10, "r1", FIRST_DAY),
            row(schema, 2, "bad", "good", 0.75, 0.25f, 1, "1", 16, 20, "r1", FIRST_DAY),
            row(schema, 3, null, "good", 0.75, 0.5f, 2, "01", 9, 20, "r1", FIRST_DAY),
            row(schema, 4, "bad", "bad", 0.5, 0.5f, 3, "010", 17, 50, "r1", FIRST_DAY),
            row(schema, 5, "good", null, null, null, null, null, null, null, "r1", FIRST_DAY),
            row(schema, 6, "bad", "good", 0.75, 0.25f, 3, "001", 4, 60, "r2", SECOND_DAY),
            row(schema, 7, null, "good", 0.75, 0.25f, 3, "001", 4, 60, "r2", SECOND_DAY));
    String path = folder.resolve(name).toString();
    spark.createDataFrame(rows, schema).coalesce(1).write().format("delta").save(path);
    return TableLocation.parse(path, spark);
  }

  private static Row row(
      StructType schema,
      int id,
      String truth,
      String prediction,
      Double confidence,
      Float entropy,
      Integer exit,
      String skips,
      Integer tokens,
      Integer flops,
      String run,
      String at) {
    Boolean[] mask =
        skips == null ? null : skips.chars().mapToObj(c -> c == '1').toArray(Boolean[]::new);
    Integer executed =
        mask == null ? null : (int) Arrays.stream(mask).filter(skipped -> !skipped).count();
    Object[] values =
        Stream.of(
                id,
                truth,
                prediction,
                confidence,
                null,
                entropy,
                exit,
                mask,
                executed,
                tokens,
                false,
                flops == null ? null : (long) flops,
                flops == null ? null : 100L,
                prediction == null ? "The column text is null." : null,
                run.replace('r', 'm'),
                run.equals("r1") ? 0.5f : 0.25f,
                run,
                Timestamp.valueOf(at))
            .toArray();
    assertThat(values).hasSameSizeAs(schema.fields());
    return RowFactory.create(values);
  }
}
