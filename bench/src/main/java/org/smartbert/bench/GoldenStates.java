package org.smartbert.bench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.smartbert.bench.FidelityBench.Peer;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.text.TextEncoder;

/**
 * Golden files of the tests: parts of another program's last hidden states of a few texts, a JSON
 * object a line.
 */
final class GoldenStates {
  private static final int MAX_TOKENS = 128;
  private static final int VALUES = 16;
  private static final List<String> TEXTS =
      List.of(
          "A short sentence.",
          "Café, naïve, 北京 and 😀: not every word is in the vocabulary.",
          "The rain had stopped, and the tram was late, as it always was on Mondays. ".repeat(6));

  private GoldenStates() {}

  /**
   * A text's part.
   *
   * @param first the first values of X^L of the first token
   * @param last the same of the last token
   */
  private record Line(String text, int[] ids, float[] first, float[] last) {
    static Line of(String text, EncodedText row, float[] states) {
      int last = states.length - states.length / row.tokens();
      return new Line(
          text,
          row.inputIds(),
          Arrays.copyOf(states, VALUES),
          Arrays.copyOfRange(states, last, last + VALUES));
    }
  }

  /** Prints the lines. */
  static void print(Peer peer, Path directory) throws Exception {
    Gson gson = new GsonBuilder().disableHtmlEscaping().create();
    try (TextEncoder encoder = encoder(directory)) {
      for (String text : TEXTS) {
        EncodedText row = encoder.encode(text);
        System.out.println(gson.toJson(Line.of(text, row, peer.hiddenStates(row))));
      }
    }
  }

  private static TextEncoder encoder(Path directory) throws IOException {
    return TextEncoder.open(directory, ModelDirectory.openBackbone(directory).config(), MAX_TOKENS);
  }
}
