package org.smartbert.bench.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.smartbert.model.text.EncodedText;

/** ONNX Runtime running an encoder's own graph, one row after the other. Owner of its session. */
public final class OnnxEncoder implements AutoCloseable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  public OnnxEncoder(Path model, int threads) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      this.session = environment.createSession(model.toString(), options);
    }
  }

  /** The first output, the last hidden state, as [tokens * H]. */
  public float[] hiddenStates(EncodedText row) throws OrtException {
    long[] ones = new long[row.tokens()];
    java.util.Arrays.fill(ones, 1);
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try {
      put(inputs, "input_ids", longs(row.inputIds()));
      put(inputs, "attention_mask", ones);
      put(inputs, "token_type_ids", longs(row.tokenTypeIds()));
      try (OrtSession.Result result = session.run(inputs)) {
        float[][] states = ((float[][][]) result.get(0).getValue())[0];
        int width = states[0].length;
        float[] flat = new float[states.length * width];
        for (int t = 0; t < states.length; t++) {
          System.arraycopy(states[t], 0, flat, t * width, width);
        }
        return flat;
      }
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private void put(Map<String, OnnxTensor> inputs, String name, long[] values) throws OrtException {
    if (session.getInputNames().contains(name)) {
      long[] shape = {1, values.length};
      inputs.put(name, OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape));
    }
  }

  private static long[] longs(int[] values) {
    return java.util.Arrays.stream(values).asLongStream().toArray();
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
