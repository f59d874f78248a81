package org.smartbert.bench.rivals;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.smartbert.bench.peers.OnnxClassifier;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.text.TextEncoder;

/**
 * A graph for ONNX Runtime and the tokenizer that belongs to it. Every JVM opens one session of one
 * thread, which its tasks share, and keeps it.
 *
 * @param graph file of {@link org.smartbert.bench.peers.OnnxBert}, which every executor reads
 * @param directory of the model or backbone that it was made of
 * @param maxTokens of a text; those behind are left out
 */
record OnnxModel(String graph, String directory, int maxTokens) implements Serializable {
  private static final ConcurrentHashMap<OnnxModel, Session> LOADED = new ConcurrentHashMap<>();

  /** As in the other measurements against ONNX Runtime. */
  private static final int BATCH_ROWS = 32;

  /** A graph that is loaded; both parts are safe for many threads. */
  private record Session(OnnxClassifier network, TextEncoder encoder) {
    static Session open(OnnxModel model) {
      Path directory = Path.of(model.directory());
      TextEncoder encoder =
          TextEncoder.open(
              directory, ModelDirectory.openBackbone(directory).config(), model.maxTokens());
      try {
        byte[] graph = Files.readAllBytes(Path.of(model.graph()));
        return new Session(OnnxClassifier.of(graph, 1), encoder);
      } catch (IOException e) {
        throw new UncheckedIOException("The graph " + model.graph() + " could not be read", e);
      } catch (OrtException e) {
        throw model.failed(e);
      }
    }
  }

  /** Writes the graph's file and refers to it. */
  static OnnxModel write(byte[] graph, Path file, Path directory, int maxTokens)
      throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, graph);
    return new OnnxModel(file.toString(), directory.toString(), maxTokens);
  }

  /** The output of each text, in the texts' order; batches hold texts of like length. */
  float[][] outputs(List<String> texts) {
    Session session = LOADED.computeIfAbsent(this, Session::open);
    try {
      return session
          .network()
          .classify(
              texts.stream().map(session.encoder()::encode).toList(),
              BATCH_ROWS,
              OnnxClassifier.Order.BY_LENGTH);
    } catch (OrtException e) {
      throw failed(e);
    }
  }

  private FailedRunException failed(OrtException e) {
    return new FailedRunException(
        "ONNX Runtime could not run the graph " + graph + ": " + e.getMessage(), e);
  }
}
