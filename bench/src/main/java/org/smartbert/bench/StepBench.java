package org.smartbert.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
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
 * Steps of stage 1 on a 12-layer, 128-wide network, 32 rows a worker, one thread a worker: alone,
 * two side by side that do not talk, two that share each step, and the same step with DJL's
 * operators ({@link PlainStep}). Arms alternate.
 */
public final class StepBench {
  private static final int ROWS_PER_WORKER = 32;
  private static final int STEPS = 11;
  private static final int WARM_UP = 4;
  private static final int ROUNDS = 3;

  private StepBench() {}

  private static final class MeasuredException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments.length > 0 && arguments[0].equals("worker")) {
      work(arguments);
      return;
    }
    System.out.println(
        "| precision | tokens | DJL plain, ms | alone, ms | alone / plain | two apart, ms | two"
            + " together, ms | sync share | rows/s, two / one |");
    System.out.println("|---|---|---|---|---|---|---|---|---|");
    for (Precision precision : Precision.values()) {
      for (int tokens : List.of(16, 64)) {
        List<Double> plain = new ArrayList<>();
        List<Double> alone = new ArrayList<>();
        List<Double> apart = new ArrayList<>();
        List<Double> together = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
          plain.add(slowest(1, precision, tokens, "plain"));
          alone.add(slowest(1, precision, tokens, "apart"));
          apart.add(slowest(2, precision, tokens, "apart"));
          together.add(slowest(2, precision, tokens, "together"));
        }
        double djl = Processes.median(plain);
        double one = Processes.median(alone);
        double two = Processes.median(apart);
        double shared = Processes.median(together);
        System.out.printf(
            Locale.ROOT,
            "| %s | %d | %.1f | %.1f | %.2f | %.1f | %.1f | %.1f %% | %.2f |%n",
            precision.name().toLowerCase(Locale.ROOT),
            tokens,
            djl,
            one,
            one / djl,
            two,
            shared,
            100 * (shared - two) / shared,
            2 * one / shared);
      }
    }
  }

  private static double slowest(int workers, Precision precision, int tokens, String how) {
    return Processes.run(
            StepBench.class, workers, List.of(precision.name(), Integer.toString(tokens), how))
        .stream()
        .mapToDouble(Double::parseDouble)
        .max()
        .orElseThrow();
  }

  private static void work(String[] arguments) throws Exception {
    int rank = Integer.parseInt(arguments[1]);
    int workers = Integer.parseInt(arguments[2]);
    Precision precision = Precision.valueOf(arguments[3]);
    int tokens = Integer.parseInt(arguments[4]);
    boolean together = arguments[5].equals("together");
    BertConfig config =
        new BertConfig(
            new BertConfig.Embeddings(8192, 128, 2),
            new BertConfig.Encoder(12, 128, 2, 512, BertConfig.Encoder.LAYER_NORM_EPS),
            BertConfig.Training.DEFAULT,
            true,
            IntStream.range(0, 2).mapToObj(c -> "L" + c).toList(),
            BertConfig.Heads.PAPER);
    try (GradientSync ring = Processes.join(rank, workers, Wire.FLOAT32, Encryption.NONE)) {
      if (arguments[5].equals("plain")) {
        Processes.report(Double.toString(plain(config, tokens)));
        return;
      }
      GradientSync sync = together ? ring : GradientSync.single();
      int batch = ROWS_PER_WORKER * sync.worldSize();
      TrainingSettings settings =
          TrainingSettings.defaults()
              .with(
                  new TrainingSettings.Optimisation(
                      TrainingSettings.Rates.of(1e-4), 0.01, 1.0, batch, 1, 0))
              .with(new TrainingSettings.Epochs(1, 1, 1, STEPS, 0))
              .with(precision);
      List<LabelledText> own = rows(config, ROWS_PER_WORKER * STEPS, tokens, rank);
      List<Long> ends = new ArrayList<>();
      Map<String, HostTensor> backbone = new LinkedHashMap<>();
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
                      } else {
                        throw new MeasuredException();
                      }
                    },
                    () -> false))
            .run(
                weights(backbone, config),
                new ShardedRows((long) batch * STEPS, own, batch, sync.rank(), sync.worldSize()),
                own.subList(0, 1));
      } catch (MeasuredException e) {
        // Stage 1 is over, which is all that is wanted.
      }
      List<Double> millis = new ArrayList<>();
      for (int i = WARM_UP; i < ends.size(); i++) {
        millis.add((ends.get(i) - ends.get(i - 1)) / 1e6);
      }
      Processes.report(Double.toString(Processes.median(millis)));
    }
  }

  private static double plain(BertConfig config, int tokens) {
    Random random = new Random(1);
    List<Double> millis = new ArrayList<>();
    try (PlainStep plain = new PlainStep(config)) {
      for (int s = 0; s < STEPS; s++) {
        long[][] ids = new long[ROWS_PER_WORKER][];
        for (int r = 0; r < ROWS_PER_WORKER; r++) {
          ids[r] = random.longs(tokens, 5, config.vocabSize()).toArray();
        }
        long started = System.nanoTime();
        plain.step(ids, random.longs(ROWS_PER_WORKER, 0, 2).toArray());
        if (s >= WARM_UP) {
          millis.add((System.nanoTime() - started) / 1e6);
        }
      }
    }
    return Processes.median(millis);
  }

  private static Map<String, HostTensor> weights(
      Map<String, HostTensor> weights, BertConfig config) {
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
