package org.smartbert.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.torch.TorchScript;
import org.smartbert.model.torch.TorchScript.Mode;

/**
 * The gradient of all trained parameters as one vector that stays where it is. Of the words'
 * vectors, only the rows of words that occurred are written, cleared and sent to other workers: the
 * others are 0.
 */
final class GradientVector {
  private final TorchScript script;
  private final NDManager manager;
  private final ParameterLayout layout;
  private final FlatVector vector;
  private final Optional<Words> words;

  /** Rows of the words' table that are not 0. */
  private int[] occurred = {};

  /**
   * The words' vectors.
   *
   * @param gradient [V, H], which shares the vector's memory
   */
  private record Words(ParameterLayout.Table table, NDArray gradient) {}

  GradientVector(TorchScript script, ParameterLayout layout, NDManager manager) {
    this.script = script;
    this.manager = manager;
    this.layout = layout;
    this.vector = FlatVector.zeros(script, layout, manager);
    this.words =
        layout
            .words()
            .map(
                table ->
                    new Words(
                        table,
                        script
                            .call(
                                Mode.CONSTANT,
                                manager,
                                "rows",
                                tensor(),
                                table.begin(),
                                table.end(),
                                table.columns())
                            .get(0)));
  }

  NDArray tensor() {
    return vector.tensor();
  }

  Map<String, HostTensor> copy() {
    return vector.copy();
  }

  /**
   * Has to be called before a batch's gradient is put here.
   *
   * @param batch this worker's rows of the global batch
   */
  void begin(List<LabelledText> batch) {
    if (words.isPresent()) {
      try (NDManager scope = manager.newSubManager()) {
        call(scope, "clear_rows", words.get().gradient(), indices(scope, occurred));
      }
      occurred =
          batch.stream()
              .flatMapToInt(row -> Arrays.stream(row.text().inputIds()))
              .sorted()
              .distinct()
              .toArray();
    }
    if (batch.isEmpty()) {
      clear(0, layout.size());
    }
  }

  /** AdamW would blow rounding up to full steps, in another direction on every run. */
  void clearKeyBiases() {
    clear(layout.keyBiases());
  }

  private void clear(long... ranges) {
    script.call(Mode.CONSTANT, manager, "clear", tensor(), ranges);
  }

  /** Replaces the values by their sums over all workers. */
  void synchronise(GradientSync sync) {
    if (sync.worldSize() == 1) {
      return;
    }
    int begin = 0;
    try (NDManager scope = manager.newSubManager()) {
      if (words.isPresent()) {
        ParameterLayout.Table table = words.get().table();
        occurred = OccurredWords.of(sync, occurred, table.rows());
        NDArray rows = indices(scope, occurred);
        NDArray values =
            script.call(Mode.CONSTANT, scope, "gather", words.get().gradient(), rows).get(0);
        sum(sync, scope, values, 0, values.size());
        call(scope, "scatter", words.get().gradient(), rows, values);
        sum(sync, scope, tensor(), 0, table.begin());
        begin = table.end();
      }
      sum(sync, scope, tensor(), begin, layout.size());
    }
  }

  private void sum(GradientSync sync, NDManager scope, NDArray values, long begin, long end) {
    if (begin == end) {
      return;
    }
    if (!values.getDevice().isGpu()) {
      sum(sync, values, begin, end);
      return;
    }
    boolean copy = true;
    try (NDArray host = values.toDevice(TorchDevice.CPU.djl(), copy)) {
      sum(sync, host, begin, end);
      try (NDArray sums = host.toDevice(values.getDevice(), copy)) {
        call(scope, "assign", values, sums);
      }
    }
  }

  private static void sum(GradientSync sync, NDArray values, long begin, long end) {
    boolean direct = true;
    ByteBuffer all = values.toByteBuffer(direct);
    sync.sum(
        all.slice(
            Math.toIntExact(Float.BYTES * begin), Math.toIntExact(Float.BYTES * (end - begin))));
  }

  private NDArray indices(NDManager scope, int[] rows) {
    return TorchScript.indices(scope, rows);
  }

  private void call(NDManager scope, String method, Object... arguments) {
    script.call(Mode.CONSTANT, scope, method, arguments);
  }
}
