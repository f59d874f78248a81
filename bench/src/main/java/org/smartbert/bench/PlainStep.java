package org.smartbert.bench;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Embedding;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.training.GradientCollector;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.LinkedHashMap;
import java.util.Map;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.checkpoint.CheckpointNames.TensorSpec;

/**
 * A step of stage 1 written with DJL's operators, one call each from Java, and DJL's Adam: the peer
 * that the scripted step is measured against. Rows of equal length, so that it needs no masks.
 */
final class PlainStep implements AutoCloseable {
  private static final double TAU = 0.5;

  private final BertConfig config;
  private final NDManager manager = NDManager.newBaseManager("PyTorch");
  private final Map<String, NDArray> weights = new LinkedHashMap<>();
  private final Optimizer adam =
      Optimizer.adam().optLearningRateTracker(Tracker.fixed(1e-4f)).optWeightDecays(0.01f).build();

  PlainStep(BertConfig config) {
    this.config = config;
    CheckpointNames names = new CheckpointNames(config);
    names.backbone().forEach(this::create);
    for (int i = 0; i < config.layers(); i++) {
      names.gate(i).forEach(this::create);
      names.layerContrast(i).forEach(this::create);
    }
    names.classifier(config.layers() - 1).forEach(this::create);
  }

  private void create(TensorSpec spec) {
    Shape shape = new Shape(spec.shape().stream().mapToLong(Long::longValue).toArray());
    boolean norm = spec.name().contains("LayerNorm.weight") || spec.name().endsWith(".1.weight");
    NDArray value =
        norm ? manager.ones(shape) : manager.randomNormal(0f, 0.02f, shape, DataType.FLOAT32);
    value.setRequiresGradient(true);
    weights.put(spec.name(), value);
  }

  /** One step on rows of token ids [B, N]. */
  void step(long[][] ids, long[] labels) {
    try (NDManager scope = manager.newSubManager();
        GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
      NDArray tokens = scope.create(ids);
      tokens.attach(scope);
      collector.backward(loss(scope, tokens, scope.create(labels)));
      NDArray norm = scope.zeros(new Shape());
      for (NDArray weight : weights.values()) {
        if (weight.hasGradient()) {
          NDArray gradient = weight.getGradient();
          gradient.attach(scope);
          norm = norm.add(gradient.square().sum());
        }
      }
      NDArray scale = norm.sqrt().add(1e-6).pow(-1).minimum(1.0);
      weights.forEach(
          (name, weight) -> {
            NDArray gradient = weight.getGradient();
            gradient.attach(scope);
            gradient.muli(scale);
            adam.update(name, weight, gradient);
          });
      collector.zeroGradients();
    }
  }

  private NDArray loss(NDManager scope, NDArray ids, NDArray labels) {
    long n = ids.getShape().get(1);
    NDArray x =
        Embedding.embedding(ids, w("bert.embeddings.word_embeddings.weight"), SparseFormat.DENSE)
            .singletonOrThrow()
            .add(
                Embedding.embedding(
                        scope.arange((int) n).toType(DataType.INT64, false),
                        w("bert.embeddings.position_embeddings.weight"),
                        SparseFormat.DENSE)
                    .singletonOrThrow())
            .add(w("bert.embeddings.token_type_embeddings.weight").get(0));
    x = dropout(norm(x, "bert.embeddings.LayerNorm"));
    NDArray skips = scope.zeros(new Shape());
    NDArray contrast = scope.zeros(new Shape());
    NDArray previous = null;
    for (int i = 0; i < config.layers(); i++) {
      NDArray g = head(x, "gates." + i + ".", config.heads().gateHeads());
      g = Activation.sigmoid(linear(g, "gates." + i + ".output"));
      skips = skips.add(g.mean());
      NDArray e = layer(x, "bert.encoder.layer." + i + ".");
      NDArray t = g.expandDims(2);
      x = t.mul(x).add(t.mul(-1).add(1).mul(e));
      NDArray p = linear(x, "contrast." + i + ".0");
      p = linear(norm(p, "contrast." + i + ".1").tanh(), "contrast." + i + ".3");
      p = p.div(p.square().sum(new int[] {2}, true).sqrt());
      if (previous != null) {
        NDArray scores = previous.matMul(p.swapAxes(1, 2)).div(TAU).logSoftmax(-1);
        NDArray diagonal = scores.mul(scope.eye((int) n));
        contrast = contrast.sub(diagonal.sum().div(n * ids.getShape().get(0)));
      }
      previous = p;
    }
    String last = "classifiers." + (config.layers() - 1) + ".";
    NDArray h = head(x, last, config.heads().classifierHeads());
    NDArray logits = linear(linear(h, last + "dense").tanh(), last + "output").logSoftmax(-1);
    NDArray chosen = logits.mul(labels.oneHot((int) logits.getShape().get(1)));
    return chosen
        .sum()
        .div(-(double) labels.size())
        .add(skips.pow(-1).mul(0.05))
        .add(contrast.mul(0.01 / (config.layers() - 1)));
  }

  /** The [CLS] row of a gate's or classifier's attention. */
  private NDArray head(NDArray x, String name, int heads) {
    NDArray h = linear(x, name + "projection").tanh();
    return attention(
            linear(h.get(":, 0:1"), name + "attention.query"),
            linear(h, name + "attention.key"),
            linear(h, name + "attention.value"),
            heads)
        .get(":, 0");
  }

  private NDArray layer(NDArray x, String name) {
    NDArray a =
        attention(
            linear(x, name + "attention.self.query"),
            linear(x, name + "attention.self.key"),
            linear(x, name + "attention.self.value"),
            config.attentionHeads());
    NDArray y =
        norm(
            dropout(linear(a, name + "attention.output.dense")).add(x),
            name + "attention.output.LayerNorm");
    NDArray f = Activation.gelu(linear(y, name + "intermediate.dense"));
    return norm(dropout(linear(f, name + "output.dense")).add(y), name + "output.LayerNorm");
  }

  private NDArray attention(NDArray q, NDArray k, NDArray v, int heads) {
    long d = q.getShape().get(2) / heads;
    NDArray scores =
        split(q, heads).matMul(split(k, heads).swapAxes(2, 3)).div(Math.sqrt((double) d));
    NDArray context = dropout(scores.softmax(-1)).matMul(split(v, heads)).transpose(0, 2, 1, 3);
    return context.reshape(q.getShape());
  }

  private static NDArray split(NDArray x, int heads) {
    Shape s = x.getShape();
    return x.reshape(s.get(0), s.get(1), heads, s.get(2) / heads).transpose(0, 2, 1, 3);
  }

  private NDArray linear(NDArray x, String name) {
    NDList out = Linear.linear(x, w(name + ".weight"), w(name + ".bias"));
    return out.singletonOrThrow();
  }

  private NDArray norm(NDArray x, String name) {
    Shape shape = new Shape(x.getShape().get(2));
    return LayerNorm.layerNorm(
            x, shape, w(name + ".weight"), w(name + ".bias"), (float) config.layerNormEps())
        .singletonOrThrow();
  }

  private NDArray dropout(NDArray x) {
    return Dropout.dropout(x, (float) config.training().hiddenDropout(), true).singletonOrThrow();
  }

  private NDArray w(String name) {
    return weights.get(name);
  }

  @Override
  public void close() {
    manager.close();
  }
}
