package org.smartbert.bench;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.smartbert.jobs.sync.RingSettings.Encryption;
import org.smartbert.jobs.sync.RingSettings.Wire;
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
    List<StepCase> cases =
        StepCase.all().filter(c -> pattern.matcher(c.toString()).find()).toList();
    if (cases.isEmpty()) {
      System.err.println("No case is called like " + pattern + "; an example is 12x384 bf16 24.");
      System.exit(2);
    }
    System.out.println(
        "| network, precision, tokens a row | DJL plain, ms | alone, ms | alone / plain | products,"
            + " ms | products / alone | page faults a step | resident, MB | two apart, ms | two"
            + " together, ms | sync share | rows/s, two / one |");
    System.out.println("|---|---|---|---|---|---|---|---|---|---|---|---|");
    for (StepCase measured : cases) {
      System.out.println(row(measured, arms, rounds > 0 ? rounds : measured.rounds()));
    }
  }

  private static String row(StepCase measured, Set<Arm> arms, int rounds) {
    Map<Arm, List<StepTime>> results = new LinkedHashMap<>();
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
    List<StepTime> own = results.getOrDefault(Arm.ALONE, List.of());
    return String.join(
        " | ",
        "| " + measured,
        number("%.1f", plain),
        number("%.1f", alone),
        number("%.2f", alone / plain),
        number("%.1f", products),
        number("%.2f", products / alone),
        number("%.0f", median(own.stream().map(StepTime::faults).toList())),
        number("%.0f", median(own.stream().map(StepTime::megabytes).toList())),
        number("%.1f", apart),
        number("%.1f", together),
        number("%.1f %%", 100 * (together - apart) / together),
        number("%.2f", 2 * alone / together) + " |");
  }

  private static double millis(Map<Arm, List<StepTime>> results, Arm arm) {
    return median(results.getOrDefault(arm, List.of()).stream().map(StepTime::millis).toList());
  }

  private static double median(List<Double> values) {
    return values.isEmpty() ? Double.NaN : Processes.median(values);
  }

  private static String number(String format, double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
  }

  private static StepTime slowest(StepCase measured, Arm arm) {
    List<String> arguments = new ArrayList<>(measured.arguments());
    arguments.add(arm.name());
    return Processes.run(StepBench.class, arm.workers, arguments).stream()
        .map(StepTime::parse)
        .max((a, b) -> Double.compare(a.millis(), b.millis()))
        .orElseThrow();
  }

  private static void work(String[] arguments) throws Exception {
    int rank = Integer.parseInt(arguments[1]);
    int workers = Integer.parseInt(arguments[2]);
    StepCase measured = StepCase.of(arguments, 3);
    Arm arm = Arm.valueOf(arguments[7]);
    try (GradientSync ring = Processes.join(rank, workers, Wire.FLOAT32, Encryption.NONE)) {
      StepTime result =
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

  private static StepTime steps(StepCase measured, GradientSync sync, int rank) {
    BertConfig config = measured.config();
    int batch = StepCase.ROWS_PER_WORKER * sync.worldSize();
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
        rows(config, StepCase.ROWS_PER_WORKER * (measured.steps() + 1), measured.tokens(), rank);
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
                      faults[0] = StepTime.pageFaults();
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
    return StepTime.of(millis, (double) (StepTime.pageFaults() - faults[0]) / millis.size());
  }

  private static StepTime plain(StepCase measured) {
    BertConfig config = measured.config();
    Random random = new Random(1);
    try (PlainStep plain = new PlainStep(config)) {
      return repeated(
          measured,
          () -> {
            long[][] ids = new long[StepCase.ROWS_PER_WORKER][];
            for (int r = 0; r < StepCase.ROWS_PER_WORKER; r++) {
              ids[r] = random.longs(measured.tokens(), 5, config.vocabSize()).toArray();
            }
            plain.step(ids, random.longs(StepCase.ROWS_PER_WORKER, 0, 2).toArray());
          });
    }
  }

  private static StepTime products(StepCase measured) {
    try (StepProducts products =
        new StepProducts(
            measured.config(), measured.precision(), StepCase.ROWS_PER_WORKER, measured.tokens())) {
      return repeated(measured, products::run);
    }
  }

  private static StepTime repeated(StepCase measured, Runnable step) {
    List<Double> millis = new ArrayList<>();
    long faults = 0;
    for (int s = 0; s < measured.steps(); s++) {
      if (s == measured.warmUp()) {
        faults = StepTime.pageFaults();
      }
      long started = System.nanoTime();
      step.run();
      if (s >= measured.warmUp()) {
        millis.add((System.nanoTime() - started) / 1e6);
      }
    }
    return StepTime.of(millis, (double) (StepTime.pageFaults() - faults) / millis.size());
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
