package org.smartbert.jobs.actions.scoring.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.smartbert.jobs.ScoringFixture;
import org.smartbert.jobs.TestSpark;

/** The command {@code score --incremental} over a table of 303 rows that grows. */
abstract class IncrementalFixture extends ScoringFixture {
  static final String COLUMNS = "id BIGINT, text STRING, stars INT";

  TestSpark.Outcome scoreNew(String... options) {
    return score(with("--incremental", options));
  }

  TestSpark.Outcome scoreNewFrom(Path from, String... options) {
    return scoreFrom(from.toString(), with("--incremental", options));
  }

  static String[] with(String first, String... rest) {
    return Stream.concat(Stream.of(first), Stream.of(rest)).toArray(String[]::new);
  }

  /** Scores what is new, which must succeed. */
  TestSpark.Outcome mustScoreNew(String... options) {
    TestSpark.Outcome outcome = scoreNew(options);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return outcome;
  }

  void append(long from, long to) {
    TestSpark.local()
        .createDataFrame(rows(from, to), StructType.fromDDL(COLUMNS))
        .write()
        .format("delta")
        .mode("append")
        .save(input.toString());
  }

  static List<Row> rows(long from, long to) {
    List<Row> rows = new ArrayList<>();
    for (long id = from; id < to; id++) {
      rows.add(RowFactory.create(id, "w" + id % 60 + " w" + id % 7 + " w" + id % 31, 1));
    }
    return rows;
  }

  void assertEachOnce(long rows) {
    assertThat(read().count()).isEqualTo(rows);
    assertThat(read().select("id").distinct().count()).isEqualTo(rows);
  }

  void assertRefused(TestSpark.Outcome outcome, String message) {
    assertThat(outcome.err()).contains(message);
    assertThat(outcome.code()).isEqualTo(2);
  }

  Dataset<Row> runs() {
    return TestSpark.local()
        .read()
        .format("delta")
        .load(folder.resolve("tables/runs").toString())
        .orderBy("started_at");
  }

  Dataset<Row> sql(String statement) {
    return TestSpark.local().sql(statement);
  }

  /** A statement on a table, whose path stands for {@code %s}. */
  Dataset<Row> sql(String statement, Path table) {
    return sql(statement.replace("%s", table.toString()));
  }

  static void deleteAll(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
