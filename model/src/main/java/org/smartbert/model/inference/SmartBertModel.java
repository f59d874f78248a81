package org.smartbert.model.inference;

import ai.djl.pytorch.jni.JniUtils;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.text.TextEncoder;
import org.smartbert.model.torch.TorchScript;

/**
 * A loaded model: weights packed once, tokenizer, configuration. Immutable and safe for many
 * threads; the tasks of an executor share one. Owner of its native memory until {@link #close}.
 */
public final class SmartBertModel implements AutoCloseable {
  private final BertConfig config;
  private final TextEncoder encoder;
  private final TorchScript script;
  private final PackedWeights weights;

  private SmartBertModel(
      BertConfig config,
      Map<String, HostTensor> weights,
      TextEncoder encoder,
      Precision precision) {
    this(
        config,
        encoder,
        TorchScript.inference(),
        script -> new PackedWeights(config, weights, script, precision));
  }

  private SmartBertModel(
      BertConfig config,
      TextEncoder encoder,
      TorchScript script,
      Function<TorchScript, PackedWeights> packing) {
    this.config = config;
    this.encoder = encoder;
    this.script = script;
    this.weights = packing.apply(script);
  }

  /** In float32, and keeps what {@link PackedWeights#largestInputs} tells. */
  static SmartBertModel observing(BertConfig config, Map<String, HostTensor> weights) {
    return new SmartBertModel(
        config,
        null,
        TorchScript.inference(),
        script -> PackedWeights.observing(config, weights, script));
  }

  /**
   * Loads a model directory.
   *
   * @param maxTokens longest row, [CLS] and [SEP] counted; longer texts are cut
   * @param precision of layers, gates and classifiers
   * @throws org.smartbert.model.InvalidInputException if the directory is not a whole SmartBERT
   *     model
   */
  public static SmartBertModel load(Path directory, int maxTokens, Precision precision) {
    ModelDirectory.requireFits(directory, precision);
    if (precision == Precision.INT8 && Kernels.current() == Kernels.PLAIN) {
      throw new InvalidInputException(
          "libtorch has no int8 kernels on this machine's %s; choose --precision fp32.",
          System.getProperty("os.arch"));
    }
    ModelDirectory.Contents files = ModelDirectory.openModel(directory);
    TextEncoder encoder = TextEncoder.open(directory, files.config(), maxTokens);
    return new SmartBertModel(files.config(), files.weights(), encoder, precision);
  }

  /** A model of weights at hand, for instance in the middle of training; it has no tokenizer. */
  public static SmartBertModel of(
      BertConfig config, Map<String, HostTensor> weights, Precision precision) {
    return new SmartBertModel(config, weights, null, precision);
  }

  /**
   * Lets the calling thread, and those that libtorch starts for it, compute with so many threads. A
   * task of Spark takes as many as it has cores, so that tasks times threads never pass the cores.
   */
  public static void useThreads(int threads) {
    JniUtils.setNumThreads(threads);
  }

  public BertConfig config() {
    return config;
  }

  /** Texts to rows; safe for many threads, closed with this model. */
  public TextEncoder encoder() {
    if (encoder == null) {
      throw new IllegalStateException("This model was made of weights without a tokenizer");
    }
    return encoder;
  }

  /** A classifier for one thread. It owns nothing and need not be closed. */
  public AdaptiveClassifier classifier(InferenceSettings settings) {
    return new AdaptiveClassifier(this, settings.within(config.mechanism()));
  }

  TorchScript script() {
    return script;
  }

  PackedWeights weights() {
    return weights;
  }

  @Override
  public void close() {
    weights.close();
    script.close();
    if (encoder != null) {
      encoder.close();
    }
  }
}
