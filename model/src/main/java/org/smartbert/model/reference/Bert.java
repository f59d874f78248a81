package org.smartbert.model.reference;

import ai.djl.ndarray.NDArray;
import org.smartbert.model.bert.BertConfig;

/**
 * BERT for one row, operator by operator: slow, obvious, the oracle of the engine's scripts. As
 * Hugging Face's BertModel without the pooler and without dropout.
 */
public final class Bert {
  private Bert() {}

  /** X^0: ids [N] and token types [N] to [N, H]. */
  public static NDArray embeddings(NDArray ids, NDArray types, Weights bert, BertConfig config) {
    Weights w = bert.in("embeddings");
    NDArray positions = ids.getManager().arange(Math.toIntExact(ids.size()));
    NDArray x =
        w.lookUp("word_embeddings.weight", ids)
            .add(w.lookUp("token_type_embeddings.weight", types))
            .add(w.lookUp("position_embeddings.weight", positions));
    return w.layerNorm("LayerNorm", x, config.layerNormEps());
  }

  /** E^i: [N, H] to [N, H]; {@code w} are the weights of one layer. */
  public static NDArray encoderLayer(NDArray x, Weights w, BertConfig config) {
    NDArray attended = selfAttention(x, w.in("attention.self"), config.attentionHeads());
    NDArray y =
        w.layerNorm(
            "attention.output.LayerNorm",
            x.add(w.linear("attention.output.dense", attended)),
            config.layerNormEps());
    NDArray inner = gelu(w.linear("intermediate.dense", y));
    return w.layerNorm(
        "output.LayerNorm", y.add(w.linear("output.dense", inner)), config.layerNormEps());
  }

  /**
   * Multi-head self-attention without output projection: [N, D] to [N, A], A the width of query,
   * key and value.
   */
  public static NDArray selfAttention(NDArray x, Weights w, int heads) {
    NDArray q = split(w.linear("query", x), heads);
    NDArray k = split(w.linear("key", x), heads);
    NDArray v = split(w.linear("value", x), heads);
    NDArray scores = q.matMul(k.transpose(0, 2, 1)).div(Math.sqrt((double) q.getShape().get(2)));
    NDArray context = scores.softmax(-1).matMul(v);
    return context.transpose(1, 0, 2).reshape(x.getShape().get(0), -1);
  }

  /** [N, A] to [heads, N, A / heads]. */
  private static NDArray split(NDArray x, int heads) {
    return x.reshape(x.getShape().get(0), heads, -1).transpose(1, 0, 2);
  }

  private static NDArray gelu(NDArray x) {
    return x.mul(x.div(Math.sqrt(2)).erf().add(1)).mul(0.5);
  }
}
