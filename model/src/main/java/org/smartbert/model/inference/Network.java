package org.smartbert.model.inference;

import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.torch.TorchScript;

/** What the engine computes with: sizes, arithmetic and packed weights. Owner of the latter two. */
record Network(BertConfig config, TorchScript script, PackedWeights weights)
    implements AutoCloseable {
  @Override
  public void close() {
    weights.close();
    script.close();
  }
}
