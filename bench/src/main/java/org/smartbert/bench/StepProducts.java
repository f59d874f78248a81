package org.smartbert.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.torch.TorchScript;
import org.smartbert.model.torch.TorchScript.Mode;
import org.smartbert.model.training.TrainingProducts;

/**
 * The matrix products of a step of stage 1 and nothing else: those of the linears with their
 * biases, of attention, and of both gradients of each; every layer has weights of its own.
 */
final class StepProducts implements AutoCloseable {
  private final BertConfig config;
  private final Precision precision;
  private final TorchScript script;
  private final NDManager manager = NDManager.newBaseManager(TorchDevice.CPU.djl());
  private final IValue weights;
  private final Object[] inputs;

  StepProducts(BertConfig config, Precision precision, int rows, int tokens) {
    this.config = config;
    this.precision = precision;
    this.script =
        TorchScript.of(
            text(TorchScript.class, "network.py"), text(StepProducts.class, "step_products.py"));
    this.weights = weights();
    long head = config.hiddenSize() / config.attentionHeads();
    long[] attention = {rows, config.attentionHeads(), tokens, head};
    long all = (long) rows * tokens;
    this.inputs =
        new Object[] {
          weights,
          config.layers(),
          random(all, config.hiddenSize()),
          random(all, config.intermediateSize()),
          random(all, BertConfig.Heads.PAPER.size()),
          random(attention),
          random(attention),
          random(attention)
        };
  }

  private static String text(Class<?> beside, String name) {
    try (InputStream in = beside.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private IValue weights() {
    Map<String, NDArray> all = new LinkedHashMap<>();
    int h = config.hiddenSize();
    int f = config.intermediateSize();
    int a = BertConfig.Heads.PAPER.size();
    try (TorchScript training = TorchScript.training()) {
      for (int i = 0; i < config.layers(); i++) {
        String layer = "bert.encoder.layer." + i + ".";
        add(all, training, layer + "attention.self.qkv", 3 * h, h);
        add(all, training, layer + "attention.output.dense", h, h);
        add(all, training, layer + "intermediate.dense", f, h);
        add(all, training, layer + "output.dense", h, f);
        add(all, training, "gates." + i + ".projection", a, h);
        add(all, training, "contrast." + i + ".0", a, h);
        add(all, training, "contrast." + i + ".3", a, a);
      }
    }
    return TorchScript.dictionary(all);
  }

  private void add(
      Map<String, NDArray> all, TorchScript training, String name, int rows, int columns) {
    all.put(name + ".weight", random(rows, columns));
    all.put(name + ".bias", random(rows));
    if (precision == Precision.FP32 && TrainingProducts.areOneDnns(training, rows, columns)) {
      all.put(name + ".onednn", manager.zeros(new Shape(0)));
    }
  }

  private NDArray random(long... shape) {
    return script.call(Mode.GRADIENT, manager, "random", shape, precision.scalarType()).get(0);
  }

  /** All of them once. */
  void run() {
    script.call(Mode.GRADIENT, manager, "step_products", inputs);
  }

  @Override
  public void close() {
    weights.close();
    manager.close();
    script.close();
  }
}
