package org.smartbert.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.TinyModels;

/** train and score on two executors that are processes of their own. */
@Tag("slow")
class SeparateExecutorsTest {
  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  @Test
  void trainingAndScoringRunOnExecutorProcesses() throws IOException {
    try (SparkSession spark = cluster()) {
      Path backbone = TinyModels.write(folder.resolve("backbone"), TinyModels.config(2, 16, 2), 3);
      List<Row> rows = new ArrayList<>();
      for (int id = 0; id < 400; id++) {
        rows.add(RowFactory.create("w" + (id % 2) + " w" + id % 50 + " " + id, "l" + id % 2));
      }
      String input = folder.resolve("input").toString();
      spark
          .createDataFrame(rows, StructType.fromDDL("text STRING, label STRING"))
          .repartition(4)
          .write()
          .format("delta")
          .save(input);
      String tables = "--tables-root=" + folder.resolve("tables");
      assertThat(
              Main.run(
                  "train",
                  "--input=" + input,
                  "--model=" + backbone,
                  "--output=" + folder.resolve("model"),
                  "--stage-one-epochs=1",
                  "--stage-two-epochs=1",
                  tables))
          .isZero();
      assertThat(
              Main.run(
                  "score",
                  "--input=" + input,
                  "--model=" + folder.resolve("model"),
                  "--output=" + folder.resolve("scored"),
                  "--slices=2",
                  tables))
          .isZero();
      Dataset<Row> scored = spark.read().format("delta").load(folder.resolve("scored").toString());
      assertThat(scored.filter("prediction IS NOT NULL").count()).isEqualTo(400);
      // The driver and two executors: nothing ran in this JVM.
      assertThat(spark.sparkContext().statusTracker().getExecutorInfos()).hasSize(3);
    }
  }

  private static SparkSession cluster() {
    String classPath = System.getProperty("java.class.path");
    return SparkSession.builder()
        .master("local-cluster[2,1,1024]")
        .appName("separate executors")
        .config("spark.ui.enabled", false)
        .config("spark.executor.extraClassPath", classPath)
        .config("spark.executor.memory", "1g")
        .config(
            "spark.executor.extraJavaOptions",
            "-Dai.djl.offline=true -Dai.djl.pytorch.num_threads=1")
        .config("spark.scheduler.minRegisteredResourcesRatio", "1.0")
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config(
            "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .config("spark.sql.shuffle.partitions", 2)
        .getOrCreate();
  }
}
