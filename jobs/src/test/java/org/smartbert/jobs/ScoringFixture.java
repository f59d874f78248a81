package org.smartbert.jobs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;

/** A small model, 303 rows in a Delta table, and the command score over them. */
public abstract class ScoringFixture {
  public static final BertConfig CONFIG = TinyModels.config(4, 32, 3);

  /** Every test begins with a copy. */
  private static Path table;

  @TempDir(cleanup = CleanupMode.NEVER)
  public Path folder;

  public Path model;
  public Path input;
  public Path output;

  @BeforeEach
  public void writeInput() {
    workIn(folder);
    TinyModels.write(model, CONFIG, 4);
    TestSpark.copy(table(), input);
  }

  /** Takes model, input and output from a folder, such as one in which another test scored. */
  public void workIn(Path place) {
    folder = place;
    model = place.resolve("model");
    input = place.resolve("input");
    output = place.resolve("scored");
  }

  private static synchronized Path table() {
    if (table == null) {
      List<Row> rows = new ArrayList<>();
      for (long id = 0; id < 300; id++) {
        rows.add(RowFactory.create(id, text(id), (int) (id % 3)));
      }
      rows.add(RowFactory.create(300L, null, 1));
      rows.add(RowFactory.create(301L, "", 1));
      rows.add(RowFactory.create(302L, "w1 ".repeat(100), 1));
      Path made = Path.of(System.getProperty("java.io.tmpdir"), "scoring-" + UUID.randomUUID());
      TestSpark.writeDelta(made.toString(), "id BIGINT, text STRING, stars INT", rows);
      table = made;
    }
    return table;
  }

  public TestSpark.Outcome score(String... options) {
    return scoreFrom(input.toString(), options);
  }

  public TestSpark.Outcome scoreFrom(String from, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "score",
                "--input=" + from,
                "--model=" + model,
                "--output=" + output,
                "--tables-root=" + folder.resolve("tables")));
    arguments.addAll(List.of(options));
    return TestSpark.run(arguments.toArray(String[]::new));
  }

  public Dataset<Row> read() {
    return TestSpark.local().read().format("delta").load(output.toString());
  }

  private static String text(long id) {
    StringBuilder text = new StringBuilder();
    for (long w = 0; w <= id % 20; w++) {
      text.append('w').append((id * 7 + w * w) % 60).append(' ');
    }
    return text.toString();
  }
}
