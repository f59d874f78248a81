package org.smartbert.bench;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.CheckpointNames;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.training.NewWeights;

/**
 * The adaptive engine on random BERT-base weights, one thread: full depth in float32 and bfloat16,
 * and thresholds that let a share of the rows leave at each layer. What the FLOPs promise against
 * what the clock delivers, arms alternating in one run.
 */
public final class EngineBench {
  private static final int ROWS = 96;
  private static final int REPEATS = 5;

  private EngineBench() {}

  private record Arm(String name, SmartBertModel model, InferenceSettings settings) {}

  public static void main(String[] arguments) {
    BertConfig config =
        new BertConfig(
            30522,
            768,
            12,
            12,
            3072,
            512,
            2,
            1e-12,
            0.1,
            0.1,
            0.02,
            true,
            IntStream.range(0, 2).mapToObj(c -> "L" + c).toList(),
            new BertConfig.Heads(128, 2, 4, 0.5));
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    // A deviation at which random classifiers are sure of some rows and not of others.
    NewWeights.fill(weights, new CheckpointNames(config).model(), 0.06, 1);
    List<EncodedText> rows = rows(config);
    try (SmartBertModel exact = SmartBertModel.of(config, weights, Precision.FP32);
        SmartBertModel rounded = SmartBertModel.of(config, weights, Precision.BF16)) {
      List<Arm> arms = new ArrayList<>();
      for (Precision precision : Precision.values()) {
        SmartBertModel model = precision == Precision.FP32 ? exact : rounded;
        String name = precision.name().toLowerCase(Locale.ROOT);
        arms.add(new Arm(name + " full depth", model, full()));
        for (float threshold : new float[] {0.1f, 0.4f, 0.6f}) {
          arms.add(
              new Arm(
                  name + " S = " + threshold,
                  model,
                  InferenceSettings.of(new ExitPolicy.Entropy(threshold), Gates.OFF)));
        }
      }
      List<List<Double>> seconds = new ArrayList<>();
      double[] costs = new double[arms.size()];
      arms.forEach(arm -> seconds.add(new ArrayList<>()));
      for (int repeat = -1; repeat < REPEATS; repeat++) {
        for (int a = 0; a < arms.size(); a++) {
          long started = System.nanoTime();
          costs[a] = run(arms.get(a), rows);
          if (repeat >= 0) {
            seconds.get(a).add((System.nanoTime() - started) / 1e9);
          }
        }
      }
      print(arms, seconds, costs);
    }
  }

  private static InferenceSettings full() {
    return InferenceSettings.of(new ExitPolicy.Never(), Gates.OFF);
  }

  /** Mean cost of the rows. */
  private static double run(Arm arm, List<EncodedText> rows) {
    double flops = 0;
    double full = 0;
    Iterator<Decision> decisions = arm.model().classifier(arm.settings()).classify(rows.iterator());
    while (decisions.hasNext()) {
      Decision decision = decisions.next();
      flops += decision.flops();
      full += decision.flopsFull();
    }
    return flops / full;
  }

  private static void print(List<Arm> arms, List<List<Double>> seconds, double[] costs) {
    System.out.println("| arm | rows/s | FLOPs speed-up | realised speed-up | realised / FLOPs |");
    System.out.println("|---|---|---|---|---|");
    double base = 0;
    for (int a = 0; a < arms.size(); a++) {
      double median = Processes.median(seconds.get(a));
      if (arms.get(a).name().endsWith("full depth")) {
        base = median;
      }
      System.out.printf(
          Locale.ROOT,
          "| %s | %.1f | %.2f | %.2f | %.2f |%n",
          arms.get(a).name(),
          ROWS / median,
          1 / costs[a],
          base / median,
          base / median * costs[a]);
    }
  }

  /** Lengths like SST-2's sentences: 5 to 60 tokens, 25 in the mean. */
  private static List<EncodedText> rows(BertConfig config) {
    Random random = new Random(3);
    List<EncodedText> rows = new ArrayList<>();
    for (int r = 0; r < ROWS; r++) {
      int tokens = (int) Math.max(5, Math.min(60, 25 + 11 * random.nextGaussian()));
      int[] ids = random.ints(tokens, 1000, config.vocabSize()).toArray();
      rows.add(new EncodedText(ids, new int[tokens], false));
    }
    return rows;
  }
}
