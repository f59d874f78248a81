package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.TinyModels;

/** What a run that was cut off says and records when it goes on. */
class ResumedTrainingTest {
  private static final double AN_HOUR = 3600;

  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  @Test
  void theTimeBeforeTheResumptionIsPartOfTheRuns() throws IOException {
    Path checkpoints = cancelledRun();
    // As if the attempt had taken an hour; it saved how long it really took.
    ObjectMapper json = new ObjectMapper();
    try (Stream<Path> manifests = Files.walk(checkpoints)) {
      for (Path manifest : manifests.filter(p -> p.endsWith("checkpoint.json")).toList()) {
        ObjectNode whole = (ObjectNode) json.readTree(manifest.toFile());
        assertThat(whole.get("seconds").asDouble()).isBetween(1e-3, AN_HOUR / 2);
        json.writeValue(manifest.toFile(), whole.put("seconds", AN_HOUR));
        // Hadoop's checksum of the file as it was.
        Files.deleteIfExists(manifest.resolveSibling(".checkpoint.json.crc"));
      }
    }
    TestSpark.Outcome resumed = train();
    assertThat(resumed.code()).as(resumed.err()).isZero();
    assertThat(resumed.err()).contains("Resuming from checkpoint");
    Row run =
        TestSpark.local()
            .read()
            .format("delta")
            .load(folder.resolve("tables/runs").toString())
            .select("seconds", "rows", "rows_per_second")
            .first();
    assertThat(run.getDouble(0)).isBetween(AN_HOUR, 1.5 * AN_HOUR);
    assertThat(run.getDouble(2)).isEqualTo(run.getLong(1) / run.getDouble(0));
  }

  @Test
  void aRunWhoseCheckpointsAreAllDamagedSaysThatItStartsFromTheBeginning() throws IOException {
    Path checkpoints = cancelledRun();
    try (Stream<Path> tensors = Files.walk(checkpoints)) {
      for (Path state : tensors.filter(p -> p.endsWith("state.safetensors")).toList()) {
        Files.write(state, new byte[] {1});
        Files.deleteIfExists(state.resolveSibling(".state.safetensors.crc"));
      }
    }
    TestSpark.Outcome again = train();
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.err())
        .contains("Warning: every checkpoint in")
        .contains("training starts from the beginning")
        .doesNotContain("Resuming from checkpoint");
  }

  /** Leaves a run with checkpoints behind, and gives their folder. */
  private Path cancelledRun() {
    List<Row> rows = new ArrayList<>();
    for (int id = 0; id < 400; id++) {
      rows.add(RowFactory.create("w" + (1 + id % 2) + " w" + id % 50 + " " + id, id % 2));
    }
    TestSpark.writeDelta(folder.resolve("input").toString(), "text STRING, label INT", rows);
    TinyModels.write(folder.resolve("backbone"), TinyModels.config(2, 16, 2), 3);
    Path checkpoints = folder.resolve("trained.unfinished-mine/checkpoints");
    CompletableFuture<Void> cancelling = CompletableFuture.runAsync(() -> cancelAfter(checkpoints));
    assertThat(train().code()).isEqualTo(1);
    cancelling.join();
    return checkpoints;
  }

  private static void cancelAfter(Path checkpoints) {
    for (int i = 0; i < 6000 && !Files.exists(checkpoints.resolve("1-01-000000005")); i++) {
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    TestSpark.local().sparkContext().cancelAllJobs();
  }

  private TestSpark.Outcome train() {
    return TestSpark.run(
        "train",
        "--input=" + folder.resolve("input"),
        "--model=" + folder.resolve("backbone"),
        "--output=" + folder.resolve("trained"),
        "--stage-one-epochs=2",
        "--soft-epochs=1",
        "--stage-two-epochs=1",
        "--run-id=mine",
        "--checkpoint-every=1",
        "--floor=off",
        "--tables-root=" + folder.resolve("tables"));
  }
}
