package org.smartbert.model.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.smartbert.model.Precision;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.text.EncodedText;

/**
 * Native memory stays flat. Measured in a process whose Java heap is small and resident from the
 * start, so that what its resident memory gains is native.
 */
class NativeMemoryTest {
  private static final long MEGABYTE = 1 << 20;

  @Test
  void overTenThousandBatches() throws Exception {
    assertThat(growth("batches")).isLessThan(16 * MEGABYTE);
  }

  @Test
  void whenNobodyReadsOn() throws Exception {
    assertThat(growth("abandoned")).isLessThan(16 * MEGABYTE);
  }

  /** The check can fail: rows in flight that are never freed show. */
  @Test
  void aLeakShows() throws Exception {
    assertThat(growth("leaking")).isGreaterThan(16 * MEGABYTE);
  }

  private static long growth(String what) throws IOException, InterruptedException {
    List<String> heap = List.of("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch");
    String printed = OtherJvm.run(Map.of(), heap, NativeMemoryTest.class, what);
    return Long.parseLong(printed.strip());
  }

  /**
   * Prints by how much resident memory grew between half of the work, when compilers and caches
   * have settled, and its end.
   */
  public static void main(String[] arguments) throws IOException {
    BertConfig config = TinyModels.config(6, 32, 3);
    List<EncodedText> rows = AdaptiveClassifierTest.rows(200);
    int rounds =
        switch (arguments[0]) {
          case "batches" -> 120;
          case "abandoned" -> 900;
          // A round leaks some 35 kB: enough of them for twice the limit.
          default -> 1800;
        };
    long settled = 0;
    try (SmartBertModel model =
        SmartBertModel.of(
            config, TinyModels.weights(new CheckpointNames(config).model(), 5), Precision.FP32)) {
      for (int round = 0; round < rounds; round++) {
        switch (arguments[0]) {
          case "batches" -> manyBatches(model, rows);
          case "abandoned" -> abandoned(model, rows).close();
          default -> abandoned(model, rows);
        }
        settled = round == rounds / 2 ? residentBytes() : settled;
      }
      System.out.println(residentBytes() - settled);
    }
  }

  /** 200 rows of 16 tokens at 40 a batch through six layers: some hundred batches. */
  private static void manyBatches(SmartBertModel model, List<EncodedText> rows) {
    InferenceSettings settings =
        new InferenceSettings(new ExitPolicy.Entropy(0.5f), Gates.ON, 40, 400);
    model.classifier(settings).decide(rows);
  }

  /** Rows that skip and leave at many places: when the first is decided, others wait in queues. */
  private static Decisions abandoned(SmartBertModel model, List<EncodedText> rows) {
    InferenceSettings settings =
        new InferenceSettings(new ExitPolicy.Entropy(0.5f), Gates.ON, 400, 2000);
    Decisions decisions = model.classifier(settings).classify(rows.iterator());
    decisions.next();
    return decisions;
  }

  private static long residentBytes() throws IOException {
    String pages = Files.readString(Path.of("/proc/self/statm")).split(" ", 3)[1];
    return Long.parseLong(pages) * 4096;
  }
}
