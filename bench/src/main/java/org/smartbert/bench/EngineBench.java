package org.smartbert.bench;

import ai.onnxruntime.OrtException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.smartbert.bench.peers.OnnxClassifier;
import org.smartbert.bench.peers.OnnxClassifier.Order;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.inference.Replay;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.reference.ReferenceClassifier;
import org.smartbert.model.text.EncodedText;

/**
 * The engine against ONNX Runtime and plain DJL on the same random BERT-base weights and the same
 * rows, arms alternating in one run. Arguments: row lengths ({@link RowLengths}), threads, tokens
 * of all rows, a backbone, or base, and a regular expression of the arms' names where not all are
 * wanted. With two threads the engine decides two halves of the rows, as two tasks do; ONNX Runtime
 * uses two for each product.
 */
public final class EngineBench {
  private static final String PEER = "ONNX Runtime";
  private static final int TOKENS = 16_384;
  private static final int BATCH_ROWS = 32;
  private static final int REPEATS = 5;
  private static final int BISECTIONS = 20;
  private static final int SLOW_ROWS = 24;
  private static final double[] SAVINGS = {2, 3, 5};

  private final BertConfig config;
  private final Map<String, HostTensor> weights;
  private final List<EncodedText> rows;
  private final int threads;
  private final ExecutorService pool;

  private EngineBench(RandomBert.Network network, RowLengths lengths, int threads, int tokens) {
    this.config = network.config();
    this.weights = network.weights();
    this.rows = lengths.rows(tokens, config.vocabSize());
    this.threads = threads;
    this.pool = Executors.newFixedThreadPool(threads);
  }

  /**
   * What a run took.
   *
   * @param cost mean of the rows, 1 at full depth
   * @param evenness FLOPs of the threads' mean by those of the one with most: what is lost above it
   *     is that threads wait for each other
   */
  private record Work(double cost, double evenness) {
    static final Work FULL = new Work(1, 1);
  }

  /** One way to decide rows. */
  private interface Run {
    Work of(List<EncodedText> rows) throws Exception;
  }

  private record Arm(String name, int rowsPerRun, Run run, List<Double> seconds, Work[] work) {
    double rowsPerSecond() {
      return rowsPerRun / Processes.median(seconds);
    }
  }

  public static void main(String[] arguments) throws Exception {
    RowLengths lengths =
        RowLengths.valueOf((arguments.length > 0 ? arguments[0] : "sst2").toUpperCase(Locale.ROOT));
    int threads = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1;
    int tokens = arguments.length > 2 ? Integer.parseInt(arguments[2]) : TOKENS;
    RandomBert.Network network =
        arguments.length > 3 && !arguments[3].equals("base")
            ? RandomBert.of(Path.of(arguments[3]))
            : RandomBert.network();
    Pattern wanted = Pattern.compile(arguments.length > 4 ? arguments[4] : ".*");
    EngineBench bench = new EngineBench(network, lengths, threads, tokens);
    System.out.printf(
        "%n%s: %d rows, %d tokens, %d thread(s)%n%n",
        lengths,
        bench.rows.size(),
        bench.rows.stream().mapToInt(EncodedText::tokens).sum(),
        threads);
    bench.compare(wanted);
    bench.pool.shutdown();
  }

  private void compare(Pattern wanted) throws Exception {
    Map<String, HostTensor> calibrated =
        RandomBert.calibrated(config, weights, rows.subList(0, Math.min(64, rows.size())));
    try (OnnxClassifier onnx32 = OnnxClassifier.fp32(config, weights, threads);
        OnnxClassifier onnx8 = OnnxClassifier.int8(config, weights, threads);
        ReferenceClassifier plain = new ReferenceClassifier(config, weights);
        SmartBertModel fp32 = SmartBertModel.of(config, weights, Precision.FP32);
        SmartBertModel bf16 = SmartBertModel.of(config, weights, Precision.BF16);
        SmartBertModel int8 = SmartBertModel.of(config, calibrated, Precision.INT8)) {
      List<Arm> arms = new ArrayList<>();
      arms.add(onnx(PEER + " fp32, padded", onnx32, Order.AS_THEY_COME));
      arms.add(onnx(PEER + " fp32, by length", onnx32, Order.BY_LENGTH));
      arms.add(onnx(PEER + " int8, padded", onnx8, Order.AS_THEY_COME));
      arms.add(onnx(PEER + " int8, by length", onnx8, Order.BY_LENGTH));
      arms.add(arm("DJL operator by operator", SLOW_ROWS, some -> plain(plain, some)));
      Map<Precision, SmartBertModel> models = new EnumMap<>(Precision.class);
      models.put(Precision.FP32, fp32);
      models.put(Precision.BF16, bf16);
      models.put(Precision.INT8, int8);
      List<Float> thresholds = thresholds(fp32);
      models.forEach(
          (precision, model) -> {
            String name = "ours " + precision.name().toLowerCase(Locale.ROOT);
            arms.add(ours(name + ", full depth", model, full()));
            arms.add(ours(name + ", all evaluated, none exits", model, evaluateAll()));
            for (float threshold : thresholds) {
              arms.add(ours(name + ", S = %.3f".formatted(threshold), model, exits(threshold)));
            }
          });
      arms.add(
          arm("ours bf16, full depth, a row at a time", SLOW_ROWS, some -> single(bf16, some)));
      arms.removeIf(arm -> !wanted.matcher(arm.name()).matches());
      measure(arms);
      print(arms);
    }
  }

  private Arm arm(String name, int count, Run run) {
    return new Arm(
        name, Math.min(count, rows.size()), run, new ArrayList<>(), new Work[] {Work.FULL});
  }

  private Arm onnx(String name, OnnxClassifier onnx, Order order) {
    return arm(
        name,
        rows.size(),
        some -> {
          onnx.classify(some, BATCH_ROWS, order);
          return Work.FULL;
        });
  }

  private Arm ours(String name, SmartBertModel model, InferenceSettings settings) {
    return arm(name, rows.size(), some -> parallel(model, settings, some));
  }

  private Work parallel(SmartBertModel model, InferenceSettings settings, List<EncodedText> some)
      throws InterruptedException, ExecutionException {
    List<Future<List<Decision>>> parts = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int from = some.size() * t / threads;
      int to = some.size() * (t + 1) / threads;
      parts.add(
          pool.submit(
              () -> {
                SmartBertModel.useThreads(1);
                return model.classifier(settings).decide(some.subList(from, to));
              }));
    }
    double flops = 0;
    double full = 0;
    double most = 0;
    for (Future<List<Decision>> part : parts) {
      double ofThread = 0;
      for (Decision decision : part.get()) {
        ofThread += decision.flops();
        full += decision.flopsFull();
      }
      flops += ofThread;
      most = Math.max(most, ofThread);
    }
    return new Work(flops / full, flops / threads / most);
  }

  private Work single(SmartBertModel model, List<EncodedText> some) {
    SmartBertModel.useThreads(threads);
    some.forEach(row -> model.classifier(full()).decide(List.of(row)));
    return Work.FULL;
  }

  private Work plain(ReferenceClassifier plain, List<EncodedText> some) {
    SmartBertModel.useThreads(threads);
    some.forEach(row -> plain.classify(row, new ExitPolicy.Never(), Gates.OFF));
    return Work.FULL;
  }

  private static InferenceSettings full() {
    return InferenceSettings.of(new ExitPolicy.Never(), Gates.OFF);
  }

  private static InferenceSettings evaluateAll() {
    return InferenceSettings.of(new ExitPolicy.EvaluateAll(), Gates.ON);
  }

  private static InferenceSettings exits(float threshold) {
    return InferenceSettings.of(new ExitPolicy.Entropy(threshold), Gates.OFF);
  }

  /** By bisection over one recorded pass, the thresholds that save as many FLOPs as wanted. */
  private List<Float> thresholds(SmartBertModel model) {
    List<Decision> recorded =
        model
            .classifier(InferenceSettings.of(new ExitPolicy.EvaluateAll(), Gates.OFF))
            .decide(rows);
    List<Float> thresholds = new ArrayList<>();
    for (double saving : SAVINGS) {
      double low = 0;
      double high = Math.log(2);
      for (int i = 0; i < BISECTIONS; i++) {
        double middle = (low + high) / 2;
        if (saving(recorded, (float) middle) < saving) {
          low = middle;
        } else {
          high = middle;
        }
      }
      thresholds.add((float) high);
    }
    return thresholds;
  }

  private double saving(List<Decision> recorded, float threshold) {
    Replay replay = new Replay(config, Gates.OFF);
    double flops = 0;
    double full = 0;
    for (int r = 0; r < recorded.size(); r++) {
      flops +=
          replay
              .under(new ExitPolicy.Entropy(threshold), recorded.get(r), rows.get(r).tokens())
              .flops();
      full += recorded.get(r).flopsFull();
    }
    return full / flops;
  }

  private void measure(List<Arm> arms) throws Exception {
    for (int repeat = -1; repeat < REPEATS; repeat++) {
      for (Arm arm : arms) {
        long started = System.nanoTime();
        arm.work()[0] = arm.run().of(rows.subList(0, arm.rowsPerRun()));
        if (repeat >= 0) {
          arm.seconds().add((System.nanoTime() - started) / 1e9);
        }
      }
    }
  }

  private static void print(List<Arm> arms) throws OrtException {
    List<Arm> peers = arms.stream().filter(arm -> arm.name().startsWith(PEER)).toList();
    System.out.println(
        "| arm | rows/s | "
            + peers.stream()
                .map(peer -> peer.name().replace(PEER, "x ONNX") + " | ")
                .collect(Collectors.joining())
            + "FLOPs speed-up | realised | realised / FLOPs | evenness of threads |");
    System.out.println("|---".repeat(peers.size() + 6) + "|");
    double base = 0;
    for (Arm arm : arms) {
      double speed = arm.rowsPerSecond();
      StringBuilder line = new StringBuilder();
      line.append(String.format(Locale.ROOT, "| %s | %.1f |", arm.name(), speed));
      for (Arm peer : peers) {
        line.append(String.format(Locale.ROOT, " %.2f |", speed / peer.rowsPerSecond()));
      }
      if (arm.name().endsWith(", full depth")) {
        base = speed;
      }
      boolean compares = arm.name().startsWith("ours") && !arm.name().endsWith("a time");
      line.append(
          compares
              ? String.format(
                  Locale.ROOT,
                  " %.2f | %.2f | %.2f | %.2f |",
                  1 / arm.work()[0].cost(),
                  speed / base,
                  speed / base * arm.work()[0].cost(),
                  arm.work()[0].evenness())
              : " | | | |");
      System.out.println(line);
    }
  }
}
