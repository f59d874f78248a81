package org.smartbert.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.smartbert.model.Precision;
import org.smartbert.model.inference.Answer;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.reference.ReferenceClassifier;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.torch.TorchDevice;

/**
 * The engine's decisions on real rows against the reference's, in float32. Arguments: a model
 * directory, a TSV file with a header (may be gzipped), its text column, how many rows. Names each
 * row that differs and how near its entropies came to the threshold.
 */
public final class DecisionsBench {
  private static final int MAX_TOKENS = 64;
  private static final float[] THRESHOLDS = {0.1f, 0.3f};

  private DecisionsBench() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    List<String> texts = texts(Path.of(arguments[1]), arguments[2], Integer.parseInt(arguments[3]));
    ModelDirectory.Contents contents = ModelDirectory.openModel(directory);
    try (SmartBertModel model =
            SmartBertModel.load(directory, MAX_TOKENS, Precision.FP32, TorchDevice.CPU);
        ReferenceClassifier reference =
            new ReferenceClassifier(contents.config(), contents.weights())) {
      List<EncodedText> rows = texts.stream().map(model.encoder()::encode).toList();
      System.out.println("| S | rows | equal paths and labels | largest difference of logits |");
      System.out.println("|---|---|---|---|");
      for (float threshold : THRESHOLDS) {
        compare(model, reference, rows, threshold);
      }
    }
  }

  private static void compare(
      SmartBertModel model,
      ReferenceClassifier reference,
      List<EncodedText> rows,
      float threshold) {
    ExitPolicy exit = new ExitPolicy.Entropy(threshold);
    List<Decision> decided = model.classifier(InferenceSettings.of(exit, Gates.ON)).decide(rows);
    int equal = 0;
    double largest = 0;
    List<String> others = new ArrayList<>();
    for (int r = 0; r < rows.size(); r++) {
      Decision expected = reference.classify(rows.get(r), exit, Gates.ON);
      Decision actual = decided.get(r);
      if (Arrays.equals(expected.skipMask(), actual.skipMask())
          && expected.label() == actual.label()) {
        equal++;
        for (int c = 0; c < expected.logits().length; c++) {
          largest = Math.max(largest, Math.abs(expected.logits()[c] - actual.logits()[c]));
        }
      } else {
        double margin =
            expected.answers().stream()
                .mapToDouble(Answer::entropy)
                .map(entropy -> Math.abs(entropy - threshold))
                .min()
                .orElseThrow();
        others.add(
            String.format(
                Locale.ROOT,
                "row %d: exit %d, reference %d, nearest entropy %.1e from S",
                r,
                actual.exitLayer(),
                expected.exitLayer(),
                margin));
      }
    }
    System.out.printf(
        Locale.ROOT, "| %s | %d | %d | %.1e |%n", threshold, rows.size(), equal, largest);
    others.forEach(System.out::println);
  }

  static List<String> texts(Path file, String column, int count) throws IOException {
    boolean packed = file.toString().endsWith(".gz");
    try (var in =
            packed ? new GZIPInputStream(Files.newInputStream(file)) : Files.newInputStream(file);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      int index = Arrays.asList(lines.readLine().split("\t", -1)).indexOf(column);
      return lines.lines().limit(count).map(line -> line.split("\t", -1)[index]).toList();
    }
  }
}
