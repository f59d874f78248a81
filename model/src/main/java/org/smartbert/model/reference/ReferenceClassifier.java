package org.smartbert.model.reference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.cost.Flops;
import org.smartbert.model.inference.AdaptiveClassifier;
import org.smartbert.model.inference.Answer;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.inference.RowTrace;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.torch.TorchDevice;

/**
 * The paper's inference algorithm (appendix A), one row at a time: slow, obvious, the oracle of
 * {@link AdaptiveClassifier}. Owner of its tensors.
 */
public final class ReferenceClassifier implements AutoCloseable {
  private final NDManager manager = NDManager.newBaseManager(TorchDevice.CPU.djl());
  private final BertConfig config;
  private final SmartBert network;
  private final Flops cost;

  public ReferenceClassifier(BertConfig config, Map<String, HostTensor> weights) {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    weights.forEach(
        (name, tensor) ->
            tensors.put(
                name, manager.create(tensor.values().duplicate(), new Shape(tensor.dimensions()))));
    this.config = config;
    this.network = new SmartBert(new Weights(tensors), config);
    this.cost = new Flops(config);
  }

  /** Decides a row; what the network does not have, gates or exits, is off. */
  public Decision classify(EncodedText row, ExitPolicy wantedExit, Gates wantedGates) {
    InferenceSettings able =
        InferenceSettings.of(wantedExit, wantedGates).within(config.mechanism());
    ExitPolicy exit = able.exit();
    Gates gates = able.gates();
    RowTrace trace = new RowTrace(row.tokens(), config.layers());
    try (NDManager scope = manager.newSubManager()) {
      NDArray ids = scope.create(row.inputIds());
      NDArray types = scope.create(row.tokenTypeIds());
      NDArray x = network.embeddings(ids, types);
      x.attach(scope);
      for (int i = 1; i <= config.layers(); i++) {
        if (gates == Gates.ON) {
          trace.gateAsked(cost);
          if (network.gate(i, x).toFloatArray()[0] >= config.heads().skipThreshold()) {
            trace.layerSkipped();
            continue;
          }
        }
        x = network.layer(i, x);
        trace.layerExecuted(cost);
        if (i < config.layers() && exit.canExit()) {
          Answer answer = evaluated(trace, network.classifier(i, x));
          if (exit.exits(answer.entropy(), config.classes())) {
            return trace.decided(cost);
          }
        }
      }
      evaluated(trace, network.classifier(config.layers(), x));
      return trace.decided(cost);
    }
  }

  /** X^L of a row, with all layers executed: its states token by token, [tokens * H]. */
  public float[] hiddenStates(EncodedText row) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray x =
          network.embeddings(scope.create(row.inputIds()), scope.create(row.tokenTypeIds()));
      x.attach(scope);
      for (int i = 1; i <= config.layers(); i++) {
        x = network.layer(i, x);
      }
      return x.toFloatArray();
    }
  }

  private Answer evaluated(RowTrace trace, NDArray logits) {
    float[] probabilities = logits.softmax(-1).toFloatArray();
    double entropy = 0;
    for (float p : probabilities) {
      entropy -= p > 0 ? p * Math.log(p) : 0;
    }
    return trace.answered(logits.toFloatArray(), probabilities, (float) entropy, cost);
  }

  @Override
  public void close() {
    manager.close();
  }
}
