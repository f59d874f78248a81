package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.TinyModels;

/**
 * Commands whose every path is on HDFS, that of Hadoop's MiniDFSCluster in a process of its own;
 * the profile long puts its jars into target/minidfs.
 */
@Tag("long")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HdfsTest {
  private static final int ROWS = 120;

  @TempDir(cleanup = CleanupMode.NEVER)
  static Path folder;

  private static Process cluster;

  /** Such as hdfs://127.0.0.1:40000/. */
  private static String root;

  private static FileSystem files;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    Path details = folder.resolve("details.json");
    Path home = Path.of(System.getProperty("smartbert.spark.home"));
    cluster =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx512m",
                "-cp",
                Path.of("target/minidfs/*").toAbsolutePath() + ":" + home.resolve("jars/*"),
                "org.apache.hadoop.test.MiniDFSClusterManager",
                "-datanodes",
                "1",
                "-format",
                "-nnport",
                "0",
                "-writeDetails",
                details.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("cluster.log").toFile())
            .start();
    root = "hdfs://127.0.0.1:" + port(details) + "/";
    List<Row> rows = new ArrayList<>();
    for (int id = 0; id < ROWS; id++) {
      rows.add(RowFactory.create("w" + id % 2 + " w" + id % 50, "label " + id % 2));
    }
    TestSpark.writeDelta(root + "input", "text STRING, label STRING", rows);
    Path bert =
        TinyModels.write(folder.resolve("bert"), TinyModels.config(2, 16, 2), 1).toAbsolutePath();
    var hadoop = TestSpark.local().sparkContext().hadoopConfiguration();
    org.apache.hadoop.fs.Path model = new org.apache.hadoop.fs.Path(root + "models/bert");
    files = model.getFileSystem(hadoop);
    assertThat(FileUtil.copy(bert.toFile(), files, model, false, hadoop)).isTrue();
  }

  private static int port(Path details) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (System.nanoTime() < end && cluster.isAlive()) {
      if (Files.exists(details)) {
        Matcher port =
            Pattern.compile("\"namenode_port\":(\\d+)").matcher(Files.readString(details));
        if (port.find()) {
          return Integer.parseInt(port.group(1));
        }
      }
      Thread.sleep(100);
    }
    throw new AssertionError("No HDFS: " + Files.readString(folder.resolve("cluster.log")));
  }

  @AfterAll
  static void stop() {
    cluster.destroyForcibly();
  }

  @Test
  @Order(1)
  void trains() {
    List<String> training =
        List.of(
            "train",
            "--input=" + root + "input",
            "--model=" + root + "models/bert",
            "--output=" + root + "models/trained",
            "--stage-one-epochs=2",
            "--soft-epochs=1",
            "--stage-two-epochs=1",
            "--checkpoint-every=3",
            "--tables-root=" + root + "tables");
    assertThat(run(training).out()).contains("Model: " + root + "models/trained");
    List<String> again = new ArrayList<>(training);
    again.add("--run-id=another");
    TestSpark.Outcome refused = refused("models/trained exists already and is not empty", again);
    assertThat(refused.err()).doesNotContain("Training", "rows read");
  }

  @Test
  @Order(2)
  void quantizes() throws IOException {
    List<String> quantizing =
        List.of(
            "quantize",
            "--input=" + root + "input",
            "--model=" + root + "models/trained",
            "--output=" + root + "models/int8",
            "--sample-rows=40");
    run(quantizing);
    assertThat(exists("models/int8/model.safetensors")).isTrue();
    refused("models/int8 exists already and is not empty", quantizing);
  }

  @Test
  @Order(3)
  void scores() {
    for (String precision : List.of("fp32", "int8")) {
      String model = precision.equals("int8") ? "int8" : "trained";
      String output = root + "scored-" + precision;
      run(
          List.of(
              "score",
              "--input=" + root + "input",
              "--model=" + root + "models/" + model,
              "--precision=" + precision,
              "--output=" + output,
              "--tables-root=" + root + "tables"));
      assertThat(
              TestSpark.local()
                  .read()
                  .format("delta")
                  .load(output)
                  .filter("prediction IS NOT NULL")
                  .count())
          .isEqualTo(ROWS);
    }
    assertThat(run(List.of("show", "--tables-root=" + root + "tables")).out())
        .contains("output  " + root + "scored-int8");
  }

  @Test
  @Order(4)
  void evaluatesAndReports() throws IOException {
    run(
        List.of(
            "evaluate",
            "--input=" + root + "input",
            "--models=" + root + "models/trained," + root + "models/int8",
            "--thresholds=0,0.3",
            "--floor=off",
            "--tables-root=" + root + "tables"));
    List<String> reporting =
        List.of(
            "report",
            "--predictions=" + root + "scored-fp32",
            "--output=" + root + "reports/march.html",
            "--tables-root=" + root + "tables");
    run(reporting);
    // The same name again is replaced.
    assertThat(run(reporting).out()).isEqualTo("Report: " + root + "reports/march.html\n");
    assertThat(exists("reports/march.html")).isTrue();
    // Nothing that was written on the way is left, and nothing is on this machine's disk.
    assertThat(names("reports")).containsExactly("march.html");
    assertThat(names("models")).containsExactlyInAnyOrder("bert", "trained", "int8");
    try (Stream<Path> local = Files.list(Path.of("").toAbsolutePath())) {
      assertThat(local.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("hdfs"));
    }
  }

  private static boolean exists(String path) throws IOException {
    return files.exists(new org.apache.hadoop.fs.Path(root + path));
  }

  private static List<String> names(String path) throws IOException {
    return Stream.of(files.listStatus(new org.apache.hadoop.fs.Path(root + path)))
        .map(status -> status.getPath().getName())
        .toList();
  }

  private static TestSpark.Outcome run(List<String> arguments) {
    TestSpark.Outcome outcome = TestSpark.run(arguments.toArray(String[]::new));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return outcome;
  }

  private static TestSpark.Outcome refused(String part, List<String> arguments) {
    TestSpark.Outcome outcome = TestSpark.run(arguments.toArray(String[]::new));
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.err()).contains(part);
    return outcome;
  }
}
