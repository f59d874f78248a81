package org.smartbert.model.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.smartbert.model.Precision;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.io.HostTensor;

/** What a loaded model holds, and what a failed load leaves behind. */
@Timeout(120)
class LoadedModelTest {
  private static final long MEGABYTE = 1 << 20;

  @Test
  void theFloatsOfTheFileAreGarbage() throws InterruptedException {
    BertConfig config = TinyModels.config(2, 32, 2);
    Map<String, HostTensor> weights = weights(config);
    WeakReference<FloatBuffer> floats =
        new WeakReference<>(weights.get("bert.encoder.layer.0.intermediate.dense.weight").values());
    try (SmartBertModel model = SmartBertModel.of(config, weights, Precision.FP32)) {
      weights.clear();
      for (int i = 0; i < 100 && floats.get() != null; i++) {
        System.gc();
        Thread.sleep(10);
      }
      assertThat(floats.get()).isNull();
      assertThat(model.config()).isEqualTo(config);
    }
  }

  @Test
  void bytesAreThoseOfThePrecision() {
    BertConfig config = TinyModels.config(2, 32, 2);
    long values = weights(config).values().stream().mapToLong(HostTensor::size).sum();
    try (SmartBertModel exact = SmartBertModel.of(config, weights(config), Precision.FP32);
        SmartBertModel half = SmartBertModel.of(config, weights(config), Precision.BF16)) {
      assertThat(exact.bytes()).isBetween(values * 3, values * 4);
      assertThat(half.bytes()).isBetween(exact.bytes() / 3, exact.bytes() - 1);
    }
  }

  @Test
  void aFailedLoadFreesWhatItHad() throws Exception {
    List<String> heap = List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch");
    // So that glibc gives back what was freed, and only a leak stays.
    Map<String, String> allocator =
        Map.of("MALLOC_MMAP_THRESHOLD_", "65536", "MALLOC_TRIM_THRESHOLD_", "65536");
    String grown = OtherJvm.run(allocator, heap, LoadedModelTest.class);
    assertThat(Long.parseLong(grown.strip())).isLessThan(64 * MEGABYTE);
  }

  /** Prints by how much resident memory grew over loads that fail at the last tensor. */
  public static void main(String[] arguments) throws IOException {
    BertConfig config = TinyModels.config(4, 512, 2);
    Map<String, HostTensor> weights = weights(config);
    weights.remove("classifiers.3.projection.bias");
    for (int i = 0; i < 3; i++) {
      fail(config, weights);
    }
    long before = residentBytes();
    // Some 30 MB each.
    for (int i = 0; i < 10; i++) {
      fail(config, weights);
    }
    System.out.println(residentBytes() - before);
  }

  private static void fail(BertConfig config, Map<String, HostTensor> weights) {
    assertThatThrownBy(() -> SmartBertModel.of(config, weights, Precision.FP32))
        .hasMessageContaining("classifiers.3.projection.bias");
  }

  private static Map<String, HostTensor> weights(BertConfig config) {
    return new LinkedHashMap<>(TinyModels.weights(new CheckpointNames(config).model(), 5));
  }

  /** After a collection: tensors are made through direct buffers, which only that frees. */
  private static long residentBytes() throws IOException {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    String pages = Files.readString(Path.of("/proc/self/statm")).split(" ", 3)[1];
    return Long.parseLong(pages) * 4096;
  }
}
