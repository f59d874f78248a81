package org.smartbert.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import org.smartbert.model.torch.TorchScript;

/** The rows of one worker's share of a batch, packed: their tokens lie end to end. */
record TokenBatch(NDArray ids, NDArray types, NDArray lengths, NDArray labels) {
  static TokenBatch of(NDManager scope, List<LabelledText> rows) {
    return new TokenBatch(
        TorchScript.indices(
            scope, rows.stream().flatMapToInt(r -> Arrays.stream(r.text().inputIds())).toArray()),
        TorchScript.indices(
            scope,
            rows.stream().flatMapToInt(r -> Arrays.stream(r.text().tokenTypeIds())).toArray()),
        TorchScript.indices(scope, rows.stream().mapToInt(r -> r.text().tokens()).toArray()),
        TorchScript.indices(scope, rows.stream().mapToInt(LabelledText::label).toArray()));
  }
}
