package org.smartbert.jobs.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.training.NewWeights;

/** A small untrained BERT with a vocabulary made from the sample, for the demo to start from. */
final class SampleBackbone {
  private SampleBackbone() {}

  /** Writes the backbone's directory. */
  static void write(Path directory, List<Review> reviews, long seed) {
    List<String> vocabulary = vocabulary(reviews);
    BertConfig config =
        new BertConfig(
            new BertConfig.Embeddings(vocabulary.size(), 64, 2),
            new BertConfig.Encoder(6, 128, 4, 512, BertConfig.Encoder.LAYER_NORM_EPS),
            new BertConfig.Training(0.1, 0.1, 0.05),
            true,
            List.of(),
            BertConfig.Heads.PAPER);
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    NewWeights.fill(
        weights,
        new CheckpointNames(config).backbone(),
        config.training().initializerRange(),
        seed);
    try {
      Path scratch = Files.createTempDirectory("smartbert-vocabulary-");
      Path file = scratch.resolve("vocab.txt");
      Files.write(file, vocabulary);
      ModelDirectory.write(directory, config, weights.values(), scratch, Map.of());
      Files.delete(file);
      Files.delete(scratch);
    } catch (IOException e) {
      throw new UncheckedIOException("The demo's vocabulary could not be written", e);
    }
  }

  /** The special tokens, single characters so that nothing is unknown, and the sample's words. */
  static List<String> vocabulary(List<Review> reviews) {
    SortedSet<String> pieces = new TreeSet<>();
    for (char c = 'a'; c <= 'z'; c++) {
      pieces.add(String.valueOf(c));
      pieces.add("##" + c);
    }
    for (char c = '0'; c <= '9'; c++) {
      pieces.add(String.valueOf(c));
      pieces.add("##" + c);
    }
    ".,;:!?'\"()-".chars().forEach(c -> pieces.add(String.valueOf((char) c)));
    for (Review review : reviews) {
      for (String word : review.text().toLowerCase(Locale.ROOT).split("[^a-z0-9]+", -1)) {
        if (!word.isEmpty()) {
          pieces.add(word);
        }
      }
    }
    List<String> lines = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
    lines.addAll(pieces);
    return lines;
  }
}
