package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.StandaloneCluster;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.Precision;
import org.smartbert.model.TinyModels;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.udfs.AdaptiveScoring;
import org.smartbert.udfs.ComputeDevice;
import org.smartbert.udfs.ModelReference;
import org.smartbert.udfs.PredictionSchema;
import org.smartbert.udfs.ScoringCounters;
import org.smartbert.udfs.ScoringRequest;

/**
 * What a scoring task computes on: an executor process of two cores whose worker says it has a GPU,
 * and tasks that take both cores and the GPU.
 */
@Tag("slow")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class TaskDeviceTest {
  @TempDir(cleanup = CleanupMode.NEVER)
  static Path folder;

  private static StandaloneCluster cluster;

  @BeforeAll
  static void start() throws IOException {
    Path discovery = folder.resolve("discovery.sh");
    Files.writeString(discovery, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"7\"]}'\n");
    assertThat(discovery.toFile().setExecutable(true)).isTrue();
    cluster =
        StandaloneCluster.start(
            folder.resolve("cluster"),
            1,
            2,
            "spark.worker.resource.gpu.amount 1\n"
                + "spark.worker.resource.gpu.discoveryScript "
                + discovery,
            Map.of(
                "spark.task.cpus", 2,
                "spark.executor.resource.gpu.amount", 1,
                "spark.task.resource.gpu.amount", 1));
    TinyModels.write(folder.resolve("model"), TinyModels.config(4, 32, 2), 3);
    cluster
        .spark()
        .createDataFrame(
            List.of(RowFactory.create("w1 w2"), RowFactory.create("w3")),
            StructType.fromDDL("text STRING"))
        .write()
        .format("delta")
        .save(folder.resolve("input").toString());
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void theProcessorWhereAGpuIsNotWanted() {
    TestSpark.Outcome outcome = score("--device=cpu");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    Dataset<Row> scored =
        cluster.spark().read().format("delta").load(folder.resolve("scored").toString());
    assertThat(scored.count()).isEqualTo(2);
    assertThat(scored.filter("prediction IS NULL").count()).isZero();
  }

  @Test
  void aThreadForEachCoreOfTheTask() {
    ScoringRequest request =
        new ScoringRequest(
            new ScoringRequest.Columns("text", null),
            ModelReference.to(
                folder.resolve("model").toString(),
                16,
                Precision.FP32,
                ComputeDevice.CPU,
                new Configuration()),
            0.3f,
            Gates.ON,
            new PredictionSchema("", PredictionSchema.Logits.DROP),
            "threads");
    Dataset<Row> rows =
        cluster.spark().read().format("delta").load(folder.resolve("input").toString());
    MapPartitionsFunction<Row, Integer> threads = TaskDeviceTest::threadsAfterwards;
    List<Integer> seen =
        AdaptiveScoring.score(
                rows.coalesce(1), request, ScoringCounters.register(cluster.spark().sparkContext()))
            .mapPartitions(threads, Encoders.INT())
            .collectAsList();
    // The executors start with one (-Dai.djl.pytorch.num_threads=1).
    assertThat(seen).containsExactly(2);
  }

  private static Iterator<Integer> threadsAfterwards(Iterator<Row> scored) {
    scored.forEachRemaining(row -> {});
    return List.of(SmartBertModel.threads()).iterator();
  }

  @Test
  void theGpuThatSparkNamedOrNothing() {
    for (String device : List.of("gpu", "auto")) {
      TestSpark.Outcome outcome = score("--device=" + device);
      assertThat(outcome.code()).isEqualTo(2);
      assertThat(outcome.err())
          .contains("GPU 7 was given to a task on ")
          .contains("and libtorch sees 0 there; give that host a libtorch with CUDA");
    }
  }

  private static TestSpark.Outcome score(String device) {
    return TestSpark.runOn(
        "score",
        "--incremental=off",
        "--input=" + folder.resolve("input"),
        "--model=" + folder.resolve("model"),
        "--output=" + folder.resolve("scored"),
        "--tables-root=" + folder.resolve("tables"),
        device);
  }
}
