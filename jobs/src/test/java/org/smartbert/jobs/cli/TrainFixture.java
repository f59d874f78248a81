package org.smartbert.jobs.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.TinyModels;

/** A small backbone, 400 labelled rows in a Delta table, and the command train over them. */
abstract class TrainFixture {
  /** Every test begins with a copy. */
  private static Path table;

  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  Path backbone;
  Path input;

  @BeforeEach
  void writeInput() {
    backbone = TinyModels.write(folder.resolve("backbone"), TinyModels.config(2, 16, 2), 3);
    input = folder.resolve("input");
    TestSpark.copy(table(), input);
  }

  private static synchronized Path table() {
    if (table == null) {
      List<Row> rows = new ArrayList<>();
      for (int id = 0; id < 400; id++) {
        boolean yes = id % 2 == 0;
        rows.add(RowFactory.create("w" + (yes ? 1 : 2) + " w" + id % 50 + " " + id, yes ? 10 : 9));
      }
      Path made = Path.of(System.getProperty("java.io.tmpdir"), "training-" + UUID.randomUUID());
      TestSpark.writeDelta(made.toString(), "text STRING, stars INT", rows);
      table = made;
    }
    return table;
  }

  /** Without a word count unless the options say something of it: it takes longer than the rest. */
  TestSpark.Outcome train(String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                "--input=" + input,
                "--model=" + backbone,
                "--output=" + folder.resolve("trained"),
                "--stage-one-epochs=2",
                "--soft-epochs=1",
                "--stage-two-epochs=1",
                "--tables-root=" + folder.resolve("tables")));
    arguments.addAll(Arrays.asList(options));
    if (arguments.stream().noneMatch(option -> option.startsWith("--floor"))) {
      arguments.add("--floor=off");
    }
    return TestSpark.run(arguments.toArray(String[]::new));
  }
}
