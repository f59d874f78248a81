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
  private static final int ROWS = 320;
  private static final int REPEATS = 5;
  private static final float SURE = 5;
  private static final int BISECTIONS = 8;
  private static final List<Double> SAVINGS = List.of(2.0, 3.0, 5.0);

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
    NewWeights.fill(weights, new CheckpointNames(config).model(), 0.06, 1);
    // Random classifiers are never sure of anything; these are, of some rows.
    weights.replaceAll((name, tensor) -> scaled(name, tensor));
    List<EncodedText> rows = rows(config);
    try (SmartBertModel exact = SmartBertModel.of(config, weights, Precision.FP32);
        SmartBertModel rounded = SmartBertModel.of(config, weights, Precision.BF16)) {
      List<Arm> arms = new ArrayList<>();
      List<Float> thresholds = SAVINGS.stream().map(s -> threshold(exact, rows, s)).toList();
      for (Precision precision : Precision.values()) {
        SmartBertModel model = precision == Precision.FP32 ? exact : rounded;
        String name = precision.name().toLowerCase(Locale.ROOT);
        arms.add(new Arm(name + " full depth", model, full()));
        for (float threshold : thresholds) {
          arms.add(new Arm(name + " S = " + threshold, model, exits(threshold)));
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

  private static InferenceSettings exits(float threshold) {
    return InferenceSettings.of(new ExitPolicy.Entropy(threshold), Gates.OFF);
  }

  private static HostTensor scaled(String name, HostTensor tensor) {
    if (!name.startsWith("classifiers.") || !name.endsWith(".output.weight")) {
      return tensor;
    }
    float[] values = new float[tensor.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = SURE * tensor.values().get(i);
    }
    return HostTensor.of(name, values, tensor.dimensions());
  }

  /** By bisection, the threshold at which the rows cost 1 / {@code saving} of full depth. */
  private static float threshold(SmartBertModel model, List<EncodedText> rows, double saving) {
    double low = 0;
    double high = Math.log(2);
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (low + high) / 2;
      if (1 / run(new Arm("", model, exits((float) middle)), rows) < saving) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (float) high;
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
