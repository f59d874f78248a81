package org.smartbert.model.reference;

import ai.djl.ndarray.NDArray;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;

/**
 * The network as the paper draws it (figure 1), for one row, operator by operator. Layers are
 * numbered from 1 here, as in the paper; weight names count from 0.
 */
public record SmartBert(Weights weights, BertConfig config) {
  /** X^0: ids [N], token types [N] to [N, H]. */
  public NDArray embeddings(NDArray ids, NDArray types) {
    return Bert.embeddings(ids, types, weights.in("bert"), config);
  }

  /** E^i(X^(i-1)): [N, H] to [N, H]. */
  public NDArray layer(int i, NDArray x) {
    return Bert.encoderLayer(x, weights.in("bert.encoder.layer").in(i - 1), config);
  }

  /** G^i(X^(i-1)): [N, H] to the probability of skipping layer i, a [1, 1] tensor. */
  public NDArray gate(int i, NDArray x) {
    Weights w = weights.in("gates").in(i - 1);
    NDArray h = w.linear("projection", x).tanh();
    NDArray context = Bert.selfAttention(h, w.in("attention"), config.heads().gateHeads());
    return sigmoid(w.linear("output", cls(context)));
  }

  /** C^i(X^i): [N, H] to logits [1, C]. */
  public NDArray classifier(int i, NDArray x) {
    Weights w = weights.in("classifiers").in(i - 1);
    boolean pools =
        config.mechanism().classifier(i - 1, config.layers()) == Method.Classifier.POOLER;
    NDArray cls = cls(pools ? x : classifierContext(i, x));
    return w.linear("output", w.linear("dense", cls).tanh());
  }

  /** Self-Attention(X^i) of classifier i, for every token (equation 5): [N, H] to [N, A]. */
  public NDArray classifierContext(int i, NDArray x) {
    Weights w = weights.in("classifiers").in(i - 1);
    NDArray h = w.linear("projection", x).tanh();
    return Bert.selfAttention(h, w.in("attention"), config.heads().classifierHeads());
  }

  private static NDArray cls(NDArray context) {
    return context.get("0:1");
  }

  private static NDArray sigmoid(NDArray x) {
    return x.neg().exp().add(1).getNDArrayInternal().rdiv(1);
  }
}
