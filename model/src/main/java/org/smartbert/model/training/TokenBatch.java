package org.smartbert.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.smartbert.model.torch.TorchScript;

/**
 * The rows of one worker's share of a batch, packed: their tokens are contiguous.
 *
 * @param teacher logits [B, C]; [B, 0] without a teacher
 */
record TokenBatch(NDArray ids, NDArray types, NDArray lengths, NDArray labels, NDArray teacher) {
  static TokenBatch of(NDManager scope, List<LabelledText> rows) {
    return new TokenBatch(
        TorchScript.indices(
            scope, rows.stream().flatMapToInt(r -> Arrays.stream(r.text().inputIds())).toArray()),
        TorchScript.indices(
            scope,
            rows.stream().flatMapToInt(r -> Arrays.stream(r.text().tokenTypeIds())).toArray()),
        TorchScript.indices(scope, rows.stream().mapToInt(r -> r.text().tokens()).toArray()),
        TorchScript.indices(scope, rows.stream().mapToInt(LabelledText::label).toArray()),
        teacher(scope, rows));
  }

  private static NDArray teacher(NDManager scope, List<LabelledText> rows) {
    int classes = rows.get(0).teacher().length;
    FloatBuffer logits = FloatBuffer.allocate(rows.size() * classes);
    rows.forEach(row -> logits.put(row.teacher()));
    return scope.create(logits.array(), new Shape(rows.size(), classes));
  }
}
