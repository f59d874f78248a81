package org.smartbert.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.smartbert.jobs.sync.RingSettings.Encryption;
import org.smartbert.jobs.sync.RingSettings.Wire;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.training.Checkpoints;
import org.smartbert.model.training.GradientSync;
import org.smartbert.model.training.LabelledText;
import org.smartbert.model.training.NewWeights;
import org.smartbert.model.training.Safeguards;
import org.smartbert.model.training.ShardedRows;
import org.smartbert.model.training.TrainingEvent;
import org.smartbert.model.training.TrainingLoop;
import org.smartbert.model.training.TrainingSettings;
import org.smartbert.model.training.Worker;

/**
 * Steps of stage 1 on networks of several sizes, 32 rows a worker, one thread a worker. Arms
 * alternate, each in processes of its own.
 */
public final class StepBench {
  private static final int ROWS_PER_WORKER = 32;
  private static final List<Integer> TOKENS = List.of(12, 24, 64, 128);
  private static final int MOST_STEPS = 11;
  private static final int FEWEST_STEPS = 4;
  private static final int MOST_ROUNDS = 3;

  /** What the steps of an arm should take together, in seconds. */
  private static final double PATIENCE = 20;

  private StepBench() {}

  /** What is measured. */
  private enum Arm {
    /** The same step with DJL's operators ({@link PlainStep}). */
    PLAIN(1),
    /** One worker. */
    ALONE(1),
    /** The matrix products of a step and nothing else ({@link StepProducts}). */
    PRODUCTS(1),
    /** Two workers at once that do not communicate. */
    APART(2),
    /** Two workers that share each step. */
    TOGETHER(2);

    private final int workers;

    Arm(int workers) {
      this.workers = workers;
    }
  }

  /** A network, what it computes in, and tokens of each row. */
  private record Case(Precision precision, int layers, int width, int tokens) {
    static Stream<Case> all() {
      return Stream.of(
              new int[] {12, 128}, new int[] {6, 384}, new int[] {12, 384}, new int[] {12, 768})
          .flatMap(
              size ->
                  Stream.of(Precision.FP32, Precision.BF16)
                      .flatMap(
                          precision ->
                              TOKENS.stream()
                                  .map(tokens -> new Case(precision, size[0], size[1], tokens))));
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

    static Case of(String[] arguments, int at) {
      return new Case(
          Precision.valueOf(arguments[at]),
          Integer.parseInt(arguments[at + 1]),
          Integer.parseInt(arguments[at + 2]),
          Integer.parseInt(arguments[at + 3]));
    }
  }

  /**
   * What a process measured.
   *
   * @param millis of a step
   * @param faults pages that the kernel had to provide in a step
   * @param megabytes resident at most
   */
  private record Measured(double millis, double faults, double megabytes) {
    static Measured of(List<Double> millis, double faults) {
      return new Measured(Processes.median(millis), faults, peakMegabytes());
    }

    static Measured parse(String text) {
      String[] fields = text.split(" ", -1);
      return new Measured(
          Double.parseDouble(fields[0]),
          Double.parseDouble(fields[1]),
          Double.parseDouble(fields[2]));
    }

    @Override
    public String toString() {
      return millis + " " + faults + " " + megabytes;
    }
  }

  /**
   * {@code step [PATTERN [ARMS [ROUNDS]]]}: cases in whose name the pattern is found, such as
   * "12x384 bf16 24"; arms by name, separated by commas; how often each is measured.
   */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length > 0 && arguments[0].equals("worker")) {
      work(arguments);
      return;
    }
    Pattern pattern = Pattern.compile(arguments.length > 0 ? arguments[0] : "");
    Set<Arm> arms = EnumSet.noneOf(Arm.class);
    if (arguments.length > 1) {
      for (String name : arguments[1].split(",", -1)) {
        arms.add(Arm.valueOf(name.toUpperCase(Locale.ROOT)));
      }
    } else {
      arms.addAll(EnumSet.allOf(Arm.class));
    }
    int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 0;
    List<Case> cases = Case.all().filter(c -> pattern.matcher(c.toString()).find()).toList();
    if (cases.isEmpty()) {
      System.err.println("No case is called like " + pattern + "; an example is 12x384 bf16 24.");
      System.exit(2);
    }
    System.out.println(
        "| network, precision, tokens a row | DJL plain, ms | alone, ms | alone / plain | products,"
            + " ms | products / alone | page faults a step | resident, MB | two apart, ms | two"
            + " together, ms | sync share | rows/s, two / one |");
    System.out.println("|---|---|---|---|---|---|---|---|---|---|---|---|");
    for (Case measured : cases) {
      System.out.println(row(measured, arms, rounds > 0 ? rounds : measured.rounds()));
    }
  }

  private static String row(Case measured, Set<Arm> arms, int rounds) {
    Map<Arm, List<Measured>> results = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (Arm arm : arms) {
        results.computeIfAbsent(arm, a -> new ArrayList<>()).add(slowest(measured, arm));
      }
    }
    double plain = millis(results, Arm.PLAIN);
    double alone = millis(results, Arm.ALONE);
    double products = millis(results, Arm.PRODUCTS);
    double apart = millis(results, Arm.APART);
    double together = millis(results, Arm.TOGETHER);
    List<Measured> own = results.getOrDefault(Arm.ALONE, List.of());
    return String.join(
        " | ",
        "| " + measured,
        number("%.1f", plain),
        number("%.1f", alone),
        number("%.2f", alone / plain),
        number("%.1f", products),
        number("%.2f", products / alone),
        number("%.0f", median(own.stream().map(Measured::faults).toList())),
        number("%.0f", median(own.stream().map(Measured::megabytes).toList())),
        number("%.1f", apart),
        number("%.1f", together),
        number("%.1f %%", 100 * (together - apart) / together),
        number("%.2f", 2 * alone / together) + " |");
  }

  private static double millis(Map<Arm, List<Measured>> results, Arm arm) {
    return median(results.getOrDefault(arm, List.of()).stream().map(Measured::millis).toList());
  }

  private static double median(List<Double> values) {
    return values.isEmpty() ? Double.NaN : Processes.median(values);
  }

  private static String number(String format, double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
  }

  private static Measured slowest(Case measured, Arm arm) {
    List<String> arguments = new ArrayList<>(measured.arguments());
    arguments.add(arm.name());
    return Processes.run(StepBench.class, arm.workers, arguments).stream()
        .map(Measured::parse)
        .max((a, b) -> Double.compare(a.millis, b.millis))
        .orElseThrow();
  }

  private static void work(String[] arguments) throws Exception {
    int rank = Integer.parseInt(arguments[1]);
    int workers = Integer.parseInt(arguments[2]);
    Case measured = Case.of(arguments, 3);
    Arm arm = Arm.valueOf(arguments[7]);
    try (GradientSync ring = Processes.join(rank, workers, Wire.FLOAT32, Encryption.NONE)) {
      Measured result =
          switch (arm) {
            case PLAIN -> plain(measured);
            case PRODUCTS -> products(measured);
            case ALONE, APART -> steps(measured, GradientSync.single(), rank);
            case TOGETHER -> steps(measured, ring, rank);
          };
      Processes.report(result.toString());
    }
  }

  private static final class MeasuredException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static Measured steps(Case measured, GradientSync sync, int rank) {
    BertConfig config = measured.config();
    int batch = ROWS_PER_WORKER * sync.worldSize();
    TrainingSettings settings =
        TrainingSettings.defaults()
            .with(
                new TrainingSettings.Optimisation(
                    TrainingSettings.Rates.of(1e-4),
                    0.01,
                    1.0,
                    batch,
                    1,
                    TrainingSettings.Frozen.NOTHING))
            .with(new TrainingSettings.Epochs(1, 1, 1, 0, 0))
            .with(measured.precision());
    // One step more, because the last of an epoch is followed by an evaluation.
    List<LabelledText> own =
        rows(config, ROWS_PER_WORKER * (measured.steps() + 1), measured.tokens(), rank);
    List<Long> ends = new ArrayList<>();
    long[] faults = {0};
    try {
      new TrainingLoop(
              config,
              settings,
              new Safeguards(0, 0),
              new Worker(
                  sync,
                  TorchDevice.CPU,
                  Checkpoints.none(),
                  event -> {
                    if (event instanceof TrainingEvent.Step) {
                      ends.add(System.nanoTime());
                    }
                    if (ends.size() == measured.warmUp()) {
                      faults[0] = faults();
                    } else if (ends.size() == measured.steps()) {
                      throw new MeasuredException();
                    }
                  },
                  () -> false))
          .run(
              weights(config),
              new ShardedRows(
                  (long) batch * (measured.steps() + 1), own, batch, sync.rank(), sync.worldSize()),
              own.subList(0, 1));
      throw new IllegalStateException("Training ended before its steps were measured");
    } catch (MeasuredException e) {
      // The steps are done, which is all that is wanted.
    }
    List<Double> millis = new ArrayList<>();
    for (int i = measured.warmUp(); i < ends.size(); i++) {
      millis.add((ends.get(i) - ends.get(i - 1)) / 1e6);
    }
    return Measured.of(millis, (double) (faults() - faults[0]) / millis.size());
  }

  private static Measured plain(Case measured) {
    BertConfig config = measured.config();
    Random random = new Random(1);
    try (PlainStep plain = new PlainStep(config)) {
      return repeated(
          measured,
          () -> {
            long[][] ids = new long[ROWS_PER_WORKER][];
            for (int r = 0; r < ROWS_PER_WORKER; r++) {
              ids[r] = random.longs(measured.tokens(), 5, config.vocabSize()).toArray();
            }
            plain.step(ids, random.longs(ROWS_PER_WORKER, 0, 2).toArray());
          });
    }
  }

  private static Measured products(Case measured) {
    try (StepProducts products =
        new StepProducts(
            measured.config(), measured.precision(), ROWS_PER_WORKER, measured.tokens())) {
      return repeated(measured, products::run);
    }
  }

  private static Measured repeated(Case measured, Runnable step) {
    List<Double> millis = new ArrayList<>();
    long faults = 0;
    for (int s = 0; s < measured.steps(); s++) {
      if (s == measured.warmUp()) {
        faults = faults();
      }
      long started = System.nanoTime();
      step.run();
      if (s >= measured.warmUp()) {
        millis.add((System.nanoTime() - started) / 1e6);
      }
    }
    return Measured.of(millis, (double) (faults() - faults) / millis.size());
  }

  /** Minor page faults of this process so far (proc(5), field 10 of stat). */
  private static long faults() {
    String stat = read("/proc/self/stat");
    return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[7]);
  }

  private static double peakMegabytes() {
    return read("/proc/self/status")
            .lines()
            .filter(line -> line.startsWith("VmHWM:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
            .sum()
        / 1024.0;
  }

  private static String read(String path) {
    try {
      return Files.readString(Path.of(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, HostTensor> weights(BertConfig config) {
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    NewWeights.fill(
        weights, new CheckpointNames(config).backbone(), config.training().initializerRange(), 1);
    return weights;
  }

  private static List<LabelledText> rows(BertConfig config, int count, int tokens, long seed) {
    Random random = new Random(seed);
    List<LabelledText> rows = new ArrayList<>();
    for (int r = 0; r < count; r++) {
      int[] ids = random.ints(tokens, 5, config.vocabSize()).toArray();
      rows.add(new LabelledText(new EncodedText(ids, new int[tokens], false), random.nextInt(2)));
    }
    return rows;
  }
}
