package org.smartbert.backbones;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.smartbert.model.io.HostTensor;

/**
 * The weights of a BERT in a file of another program, under Hugging Face's names and in their
 * orientation: a linear layer's weight is [out, in].
 */
interface TensorSource extends AutoCloseable {
  /** The dimensions of every tensor by its name, for example {@code encoder.layer.0...weight}. */
  Map<String, List<Long>> shapes();

  /** Reads one tensor; the caller keeps as many in memory as it needs. */
  HostTensor read(String name) throws IOException;

  @Override
  void close() throws IOException;
}
