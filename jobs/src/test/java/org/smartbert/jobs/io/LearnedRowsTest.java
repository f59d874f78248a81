package org.smartbert.jobs.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.InvalidInputException;

/** Rows that a model learned from are told from new ones, also by models that were made from it. */
class LearnedRowsTest {
  private static final Configuration HADOOP = new Configuration();

  @TempDir private Path folder;

  /** Texts with these numbers, every third one with a second text. */
  private static Dataset<Row> rows(int from, int to) {
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < to; i++) {
      rows.add(RowFactory.create("text " + i, i % 3 == 0 ? "second " + i : null, i));
    }
    return TestSpark.local()
        .createDataFrame(rows, StructType.fromDDL("first STRING, second STRING, id INT"));
  }

  private Path model(String name) throws IOException {
    return Files.createDirectory(folder.resolve(name));
  }

  private static List<Integer> ids(Dataset<Row> rows) {
    return rows.collectAsList().stream().map(row -> row.<Integer>getAs("id")).sorted().toList();
  }

  @Test
  void newRowsAreToldFromLearnedOnes() throws IOException {
    Path model = model("model");
    LearnedRows.write(rows(0, 3000), model.toString(), HADOOP);
    LearnedRows learned = LearnedRows.of(model).orElseThrow();
    assertThat(ids(learned.newOnes(rows(2990, 3005))))
        .containsExactly(3000, 3001, 3002, 3003, 3004);
    assertThat(learned.newOnes(rows(3000, 9000)).count()).isEqualTo(6000);
    assertThat(learned.newOnes(rows(0, 3000)).count()).isZero();
    // The second text is part of a row.
    Dataset<Row> single = rows(0, 3).selectExpr("first", "CAST(NULL AS STRING) AS second", "id");
    assertThat(ids(learned.newOnes(single))).containsExactly(0);
  }

  @Test
  void aModelThatIsMadeFromAnotherKnowsBothRows() throws IOException {
    Path first = model("first");
    Path second = model("second");
    LearnedRows.write(rows(0, 10), first.toString(), HADOOP);
    LearnedRows.handOn(first.toString(), second.toString(), HADOOP);
    LearnedRows.write(rows(10, 20), second.toString(), HADOOP);
    assertThat(ids(LearnedRows.of(second).orElseThrow().newOnes(rows(0, 22))))
        .containsExactly(20, 21);
    assertThat(ids(LearnedRows.of(first).orElseThrow().newOnes(rows(0, 12))))
        .containsExactly(10, 11);
    assertThat(LearnedRows.of(model("none"))).isEmpty();
    assertThat(second).isDirectoryNotContaining("glob:**.crc");
  }

  @Test
  void aDamagedFileIsRefusedByName() throws IOException {
    Path model = model("cut");
    LearnedRows.write(rows(0, 10), model.toString(), HADOOP);
    Path file;
    try (Stream<Path> files = Files.list(model)) {
      file = files.findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> LearnedRows.of(model))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("is damaged");
  }
}
