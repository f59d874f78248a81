package org.smartbert.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;

/** A network, what it computes in, and tokens of each row. */
record StepCase(Precision precision, int layers, int width, int tokens) {
  static final int ROWS_PER_WORKER = 32;
  private static final List<Integer> TOKENS = List.of(12, 24, 64, 128);
  private static final int MOST_STEPS = 11;
  private static final int FEWEST_STEPS = 4;
  private static final int MOST_ROUNDS = 3;

  /** What the steps of an arm should take together, in seconds. */
  private static final double PATIENCE = 20;

  static Stream<StepCase> all() {
    return Stream.of(
            new int[] {12, 128}, new int[] {6, 384}, new int[] {12, 384}, new int[] {12, 768})
        .flatMap(
            size ->
                Stream.of(Precision.FP32, Precision.BF16)
                    .flatMap(
                        precision ->
                            TOKENS.stream()
                                .map(tokens -> new StepCase(precision, size[0], size[1], tokens))));
  }

  BertConfig config() {
    // The vocabulary and the heads of the pretrained networks of these sizes.
    boolean small = width == 128;
    return new BertConfig(
        new BertConfig.Embeddings(small ? 8192 : 30522, small ? 128 : 512, 2),
        new BertConfig.Encoder(
            layers, width, small ? 2 : 12, 4 * width, BertConfig.Encoder.LAYER_NORM_EPS),
        BertConfig.Training.DEFAULT,
        true,
        IntStream.range(0, 2).mapToObj(c -> "L" + c).toList(),
        BertConfig.Heads.PAPER);
  }

  /** Rounds and steps in a time that someone waits for. */
  private double likelySeconds() {
    double weights = 12.0 * layers * width * width;
    double operations = 6 * weights * ROWS_PER_WORKER * tokens;
    return operations / (precision == Precision.FP32 ? 80e9 : 250e9);
  }

  int steps() {
    return (int) Math.max(FEWEST_STEPS, Math.min(MOST_STEPS, PATIENCE / likelySeconds()));
  }

  int warmUp() {
    return Math.max(1, steps() / 3);
  }

  int rounds() {
    return (int) Math.max(1, Math.min(MOST_ROUNDS, PATIENCE / likelySeconds() / FEWEST_STEPS));
  }

  @Override
  public String toString() {
    return layers + "x" + width + " " + precision.name().toLowerCase(Locale.ROOT) + " " + tokens;
  }

  List<String> arguments() {
    return List.of(
        precision.name(),
        Integer.toString(layers),
        Integer.toString(width),
        Integer.toString(tokens));
  }

  static StepCase of(String[] arguments, int at) {
    return new StepCase(
        Precision.valueOf(arguments[at]),
        Integer.parseInt(arguments[at + 1]),
        Integer.parseInt(arguments[at + 2]),
        Integer.parseInt(arguments[at + 3]));
  }
}
