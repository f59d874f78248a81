package org.smartbert.jobs.cli;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.cli.console.TextTable;
import org.smartbert.jobs.demo.DemoData;
import org.smartbert.model.InvalidInputException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a sample, trains a small model on it, and scores rows that it has not seen. */
@Command(
    name = "demo",
    description =
        "Makes a labelled sample, trains a small SmartBERT on it, scores rows it has not seen, and"
            + " shows accuracy, exits and FLOPs saved. Takes a few minutes.")
final class DemoCommand implements Callable<Integer> {
  private static final String MARK = ".smartbert-demo";

  @Option(
      names = "--folder",
      defaultValue = "demo",
      paramLabel = "DIR",
      description = "Where sample, model and tables go; made anew (default: ${DEFAULT-VALUE}).")
  private Path folder;

  @Option(
      names = "--train-rows",
      defaultValue = "6000",
      description = "Rows to train on (default: ${DEFAULT-VALUE}).")
  private int trainRows;

  @Option(
      names = "--test-rows",
      defaultValue = "2000",
      description = "Rows to score (default: ${DEFAULT-VALUE}).")
  private int testRows;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Path root = folder.toAbsolutePath().normalize();
    prepare(root);
    SparkSession spark = Sessions.open(spec);
    out.printf(Locale.ROOT, "1/3  Making %,d reviews in %s%n", trainRows + testRows, root);
    out.flush();
    DemoData.write(spark, root, trainRows, testRows);
    out.println("2/3  Training a 6-layer SmartBERT from nothing");
    out.flush();
    int code =
        run(
            "train",
            "--input=" + root.resolve("reviews_train"),
            "--model=" + root.resolve("backbone"),
            "--output=" + root.resolve("model"),
            "--learning-rate=5e-4",
            // The paper's 0.05 makes a network this small skip nearly everything.
            "--skip-lambda=0.002",
            "--tables-root=" + root.resolve("tables"),
            "--stage-one-epochs=8",
            "--soft-epochs=5",
            "--stage-two-epochs=3");
    if (code != 0) {
      return code;
    }
    out.println();
    out.printf(Locale.ROOT, "3/3  Scoring %,d reviews that it has not seen%n", testRows);
    out.flush();
    code =
        run(
            "score",
            "--input=" + root.resolve("reviews_test"),
            "--model=" + root.resolve("model"),
            "--output=" + root.resolve("tables/predictions"),
            "--tables-root=" + root.resolve("tables"));
    if (code == 0) {
      byDifficulty(spark, root, out);
    }
    return code;
  }

  private int run(String... arguments) {
    return new CommandLine(spec.root().userObject().getClass())
        .setOut(spec.commandLine().getOut())
        .setErr(spec.commandLine().getErr())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler((e, at, result) -> UserErrors.report(e, at, false))
        .execute(arguments);
  }

  private static void byDifficulty(SparkSession spark, Path root, PrintWriter out) {
    String table = "delta.`" + root.resolve("tables/predictions") + "`";
    TextTable text = new TextTable("difficulty", "rows", "accuracy", "layers", "cost");
    for (Row row :
        spark
            .sql(
                "SELECT * FROM (SELECT coalesce(difficulty, 'all') AS difficulty, count(*),"
                    + " avg(CAST(prediction = label AS INT)) AS accuracy, avg(layers_executed),"
                    + " sum(flops) / sum(flops_full) FROM "
                    + table
                    + " GROUP BY ROLLUP (difficulty)) ORDER BY difficulty = 'all', accuracy DESC")
            .collectAsList()) {
      text.row(
          row.getString(0),
          Long.toString(row.getLong(1)),
          String.format(Locale.ROOT, "%.3f", row.getDouble(2)),
          String.format(Locale.ROOT, "%.2f", row.getDouble(3)),
          String.format(Locale.ROOT, "%.3f", row.getDouble(4)));
    }
    out.println();
    out.print(text);
    out.println();
    out.println("Look further:");
    out.println("  bin/smartbert show --tables-root " + root.resolve("tables"));
    String predictions = " --predictions " + root.resolve("tables/predictions");
    out.println("  bin/smartbert sql --model " + root.resolve("model") + predictions);
    out.println("  bin/smartbert report" + predictions);
    out.flush();
  }

  /** Clears what an earlier demo left; a folder that is not a demo's is refused. */
  private static void prepare(Path root) {
    try {
      if (Files.exists(root) && !Files.exists(root.resolve(MARK))) {
        try (Stream<Path> entries = Files.list(root)) {
          if (entries.findAny().isPresent()) {
            throw new InvalidInputException(
                "The folder %s holds something that is not a demo; give another --folder.", root);
          }
        }
      }
      if (Files.exists(root)) {
        try (Stream<Path> entries = Files.walk(root)) {
          entries
              .filter(path -> !path.equals(root))
              .sorted(Comparator.reverseOrder())
              .map(Path::toFile)
              .forEach(File::delete);
        }
      }
      Files.createDirectories(root);
      Files.createFile(root.resolve(MARK));
    } catch (IOException e) {
      throw new UncheckedIOException("The folder " + root + " could not be made ready", e);
    }
  }
}
