package org.smartbert.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.smartbert.bench.peers.OnnxEncoder;
import org.smartbert.model.Precision;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.text.TextEncoder;

/**
 * The last hidden states of the engine against ONNX Runtime running the graph that the weights come
 * from. Arguments: the graph, the backbone directory made of it, a TSV file with a header (may be
 * gzipped), its text column, how many rows. Rows of 3 to 512 tokens, of all lengths, in batches of
 * mixed lengths. Without a file it prints a golden file of the tests.
 */
public final class FidelityBench {
  private static final int MAX_TOKENS = 512;
  private static final int MIN_TOKENS = 3;
  private static final int BATCH_TOKENS = 4096;
  private static final int CALIBRATION_ROWS = 256;

  private FidelityBench() {}

  public static void main(String[] arguments) throws Exception {
    try (OnnxEncoder peer = new OnnxEncoder(Path.of(arguments[0]), 1)) {
      run(peer::hiddenStates, MAX_TOKENS, arguments);
    }
  }

  /** Another program's last hidden state of a row, [tokens * H]. */
  @FunctionalInterface
  interface Peer {
    float[] hiddenStates(EncodedText row) throws Exception;
  }

  /**
   * Prints the differences, or a golden file.
   *
   * @param maxTokens longest row that the peer takes
   * @param arguments as those of the command; the first is the peer's
   */
  static void run(Peer peer, int maxTokens, String[] arguments) throws Exception {
    Path directory = Path.of(arguments[1]);
    if (arguments.length == 2) {
      GoldenStates.print(peer, directory);
      return;
    }
    RandomBert.Network backbone = RandomBert.of(directory);
    List<String> texts =
        DecisionsBench.texts(Path.of(arguments[2]), arguments[3], Integer.parseInt(arguments[4]));
    List<EncodedText> rows;
    try (TextEncoder encoder = TextEncoder.open(directory, backbone.config(), maxTokens)) {
      rows = rows(texts, encoder, maxTokens);
    }
    List<float[]> expected = new ArrayList<>();
    for (EncodedText row : rows) {
      expected.add(peer.hiddenStates(row));
    }
    int[] lengths = rows.stream().mapToInt(EncodedText::tokens).sorted().toArray();
    System.out.printf(
        Locale.ROOT,
        "%d rows of %d to %d tokens, median %d.%n%n",
        lengths.length,
        lengths[0],
        lengths[lengths.length - 1],
        lengths[lengths.length / 2]);
    System.out.println(
        "| precision | largest difference | mean difference | smallest cosine of a token |");
    System.out.println("|---|---|---|---|");
    int sample = Math.min(CALIBRATION_ROWS, rows.size());
    for (Precision precision : Precision.values()) {
      var weights =
          precision == Precision.INT8
              ? RandomBert.calibrated(
                  backbone.config(), backbone.weights(), rows.subList(0, sample))
              : backbone.weights();
      try (SmartBertModel model = SmartBertModel.of(backbone.config(), weights, precision)) {
        compare(precision, states(model, rows), expected, backbone.config().hiddenSize());
      }
    }
  }

  /** Texts put together and cut so that every length is as frequent as its double. */
  private static List<EncodedText> rows(List<String> texts, TextEncoder encoder, int maxTokens) {
    Random random = new Random(1);
    List<EncodedText> rows = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      double share = random.nextDouble();
      int length = (int) Math.round(MIN_TOKENS * Math.pow((double) maxTokens / MIN_TOKENS, share));
      StringBuilder text = new StringBuilder(texts.get(i));
      EncodedText encoded = encoder.encode(text.toString());
      for (int next = i + 1; encoded.tokens() < length && next < i + 100; next++) {
        text.append(' ').append(texts.get(next % texts.size()));
        encoded = encoder.encode(text.toString());
      }
      rows.add(cut(encoded, length));
    }
    return rows;
  }

  /** The first tokens, and the last, which is [SEP]. */
  private static EncodedText cut(EncodedText row, int length) {
    if (row.tokens() <= length) {
      return row;
    }
    int[] ids = Arrays.copyOf(row.inputIds(), length);
    ids[length - 1] = row.inputIds()[row.tokens() - 1];
    return new EncodedText(ids, Arrays.copyOf(row.tokenTypeIds(), length), true);
  }

  private static List<float[]> states(SmartBertModel model, List<EncodedText> rows) {
    List<float[]> states = new ArrayList<>();
    List<EncodedText> batch = new ArrayList<>();
    int tokens = 0;
    for (EncodedText row : rows) {
      batch.add(row);
      tokens += row.tokens();
      if (tokens >= BATCH_TOKENS) {
        states.addAll(model.hiddenStates(batch));
        batch.clear();
        tokens = 0;
      }
    }
    if (!batch.isEmpty()) {
      states.addAll(model.hiddenStates(batch));
    }
    return states;
  }

  private static void compare(
      Precision precision, List<float[]> actual, List<float[]> expected, int width) {
    double largest = 0;
    double sum = 0;
    long count = 0;
    double cosine = 1;
    for (int r = 0; r < expected.size(); r++) {
      float[] a = actual.get(r);
      float[] e = expected.get(r);
      if (a.length != e.length) {
        throw new IllegalStateException("Row " + r + " has " + a.length + " values");
      }
      for (int i = 0; i < e.length; i++) {
        double difference = Math.abs(a[i] - e[i]);
        largest = Math.max(largest, difference);
        sum += difference;
      }
      count += e.length;
      for (int from = 0; from < e.length; from += width) {
        cosine = Math.min(cosine, cosine(a, e, from, width));
      }
    }
    System.out.printf(
        Locale.ROOT,
        "| %s | %.2e | %.2e | %.6f |%n",
        precision.name().toLowerCase(Locale.ROOT),
        largest,
        sum / count,
        cosine);
  }

  private static double cosine(float[] a, float[] b, int from, int width) {
    double product = 0;
    double ofA = 0;
    double ofB = 0;
    for (int i = from; i < from + width; i++) {
      product += (double) a[i] * b[i];
      ofA += (double) a[i] * a[i];
      ofB += (double) b[i] * b[i];
    }
    return product / Math.sqrt(ofA * ofB);
  }
}
