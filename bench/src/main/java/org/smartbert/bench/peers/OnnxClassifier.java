package org.smartbert.bench.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.text.EncodedText;

/** ONNX Runtime over padded batches, as people run it. Owner of its session. */
public final class OnnxClassifier implements AutoCloseable {
  /** In which order rows are put into batches. */
  public enum Order {
    AS_THEY_COME,
    BY_LENGTH
  }

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  private OnnxClassifier(byte[] model, int threads) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      this.session = environment.createSession(model, options);
    }
  }

  public static OnnxClassifier fp32(BertConfig config, Map<String, HostTensor> weights, int threads)
      throws OrtException {
    return new OnnxClassifier(OnnxBert.of(config, weights, OnnxBert.Arithmetic.FP32), threads);
  }

  /** Any graph of {@link OnnxBert}. */
  public static OnnxClassifier of(byte[] graph, int threads) throws OrtException {
    return new OnnxClassifier(graph, threads);
  }

  /** Dynamically quantised. */
  public static OnnxClassifier int8(BertConfig config, Map<String, HostTensor> weights, int threads)
      throws OrtException {
    return new OnnxClassifier(OnnxBert.of(config, weights, OnnxBert.Arithmetic.INT8), threads);
  }

  /** The output of each row, in the rows' order; a batch is padded to its longest row. */
  public float[][] classify(List<EncodedText> rows, int batchRows, Order order)
      throws OrtException {
    List<Integer> sequence = new ArrayList<>();
    for (int r = 0; r < rows.size(); r++) {
      sequence.add(r);
    }
    if (order == Order.BY_LENGTH) {
      sequence.sort(Comparator.comparingInt(r -> rows.get(r).tokens()));
    }
    float[][] logits = new float[rows.size()][];
    for (int from = 0; from < sequence.size(); from += batchRows) {
      List<Integer> batch = sequence.subList(from, Math.min(from + batchRows, sequence.size()));
      float[][] result = run(batch.stream().map(rows::get).toList());
      for (int i = 0; i < result.length; i++) {
        logits[batch.get(i)] = result[i];
      }
    }
    return logits;
  }

  private float[][] run(List<EncodedText> batch) throws OrtException {
    int longest = batch.stream().mapToInt(EncodedText::tokens).max().orElseThrow();
    long[] shape = {batch.size(), longest};
    int[] ids = new int[batch.size() * longest];
    int[] types = new int[ids.length];
    int[] mask = new int[ids.length];
    for (int r = 0; r < batch.size(); r++) {
      EncodedText row = batch.get(r);
      System.arraycopy(row.inputIds(), 0, ids, r * longest, row.tokens());
      System.arraycopy(row.tokenTypeIds(), 0, types, r * longest, row.tokens());
      java.util.Arrays.fill(mask, r * longest, r * longest + row.tokens(), 1);
    }
    try (OnnxTensor i = OnnxTensor.createTensor(environment, IntBuffer.wrap(ids), shape);
        OnnxTensor t = OnnxTensor.createTensor(environment, IntBuffer.wrap(types), shape);
        OnnxTensor m = OnnxTensor.createTensor(environment, IntBuffer.wrap(mask), shape);
        OrtSession.Result result = session.run(Map.of("ids", i, "types", t, "mask", m))) {
      return (float[][]) result.get(0).getValue();
    }
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
