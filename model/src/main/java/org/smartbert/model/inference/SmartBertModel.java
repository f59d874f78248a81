package org.smartbert.model.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.inference.WeightPacker.Target;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.text.TextEncoder;
import org.smartbert.model.torch.NativeLibraries;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.torch.TorchScript;

/**
 * A loaded model: weights packed once, tokenizer, configuration. Immutable and safe for many
 * threads; the tasks of an executor share one. Owner of its native memory until {@link #close}.
 */
public final class SmartBertModel implements AutoCloseable {
  private final Network network;
  private final TextEncoder encoder;

  private SmartBertModel(Network network, TextEncoder encoder) {
    this.network = network;
    this.encoder = encoder;
  }

  /** In float32, and records {@link #largestInputs}. */
  static SmartBertModel observing(BertConfig config, Map<String, HostTensor> weights) {
    return new SmartBertModel(
        network(config, script -> WeightPacker.packObserving(config, weights, script)), null);
  }

  /**
   * Loads a model directory.
   *
   * @param maxTokens longest row, [CLS] and [SEP] counted; longer texts are truncated
   * @param precision of layers, gates and classifiers
   * @param device where it is computed
   * @throws org.smartbert.model.InvalidInputException if the directory is not a whole SmartBERT
   *     model, or the device has no kernels for the precision
   */
  public static SmartBertModel load(
      Path directory, int maxTokens, Precision precision, TorchDevice device) {
    ModelDirectory.requireFits(directory, precision);
    Target target = Target.best(precision, device);
    if (precision == Precision.INT8 && target.kernels() == Kernels.PLAIN) {
      throw new InvalidInputException(
          "oneDNN's int8 products do not work on this %s (the log says why); choose the precision"
              + " fp32 or bf16 for %s.",
          device.isGpu() ? "GPU" : "processor", directory);
    }
    ModelDirectory.Contents files = ModelDirectory.openModel(directory);
    TextEncoder encoder = TextEncoder.open(directory, files.config(), maxTokens);
    try {
      return new SmartBertModel(network(files.config(), files.weights(), target), encoder);
    } catch (RuntimeException | Error e) {
      encoder.close();
      throw e;
    }
  }

  /** A model of weights at hand, for instance in the middle of training; it has no tokenizer. */
  public static SmartBertModel of(
      BertConfig config, Map<String, HostTensor> weights, Precision precision, TorchDevice device) {
    return new SmartBertModel(network(config, weights, Target.best(precision, device)), null);
  }

  /** The same on the processor. */
  public static SmartBertModel of(
      BertConfig config, Map<String, HostTensor> weights, Precision precision) {
    return of(config, weights, precision, TorchDevice.CPU);
  }

  static SmartBertModel of(
      BertConfig config,
      Map<String, HostTensor> weights,
      Precision precision,
      TorchDevice device,
      Kernels kernels) {
    return new SmartBertModel(
        network(config, weights, new Target(precision, device, kernels)), null);
  }

  private static Network network(
      BertConfig config, Map<String, HostTensor> weights, Target target) {
    return network(config, script -> WeightPacker.pack(config, weights, script, target));
  }

  private static Network network(BertConfig config, Function<TorchScript, PackedWeights> packing) {
    TorchScript script = TorchScript.inference();
    try {
      return new Network(config, script, packing.apply(script));
    } catch (RuntimeException | Error e) {
      script.close();
      throw e;
    }
  }

  /**
   * Lets the calling thread, and those that libtorch starts for it, compute with so many threads. A
   * task of Spark takes as many as it has cores, so that tasks times threads never pass the cores.
   */
  public static void useThreads(int threads) {
    // Loading the engine sets the number too, so it comes first.
    NativeLibraries.load();
    JniUtils.setNumThreads(threads);
  }

  /** Threads that the calling thread computes with. */
  public static int threads() {
    return JniUtils.getNumThreads();
  }

  public BertConfig config() {
    return network.config();
  }

  /** Native memory that the weights take, about. */
  public long bytes() {
    return network.weights().bytes();
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
    return new AdaptiveClassifier(network, settings.within(config().mechanism()));
  }

  /**
   * X^L of rows, with all layers executed and no gate asked; other programs call it the last hidden
   * state. All rows are one batch.
   *
   * @return for each row its states token by token, [tokens * H]
   */
  public List<float[]> hiddenStates(List<EncodedText> texts) {
    BertConfig config = config();
    InferenceSettings settings = InferenceSettings.defaults(config.mechanism().method());
    LayerStep step = new LayerStep(network, settings.within(config.mechanism()));
    List<Row> rows = texts.stream().map(text -> new Row(text, config.layers())).toList();
    NDManager owner = network.weights().besideWeights();
    try (PackedRows last = step.fullDepth(owner, step.embed(owner, rows));
        NDArray states = last.states().get(0).toType(DataType.FLOAT32, false)) {
      float[] values = states.toFloatArray();
      List<float[]> result = new ArrayList<>();
      for (int r = 0; r < rows.size(); r++) {
        int from = last.first()[r] * config.hiddenSize();
        result.add(
            Arrays.copyOfRange(values, from, from + rows.get(r).tokens() * config.hiddenSize()));
      }
      return result;
    }
  }

  /** What a calibration has seen, by the name of the product's input scale in a checkpoint. */
  Map<String, Float> largestInputs() {
    return network.weights().largestInputs();
  }

  @Override
  public void close() {
    network.close();
    if (encoder != null) {
      encoder.close();
    }
  }
}
