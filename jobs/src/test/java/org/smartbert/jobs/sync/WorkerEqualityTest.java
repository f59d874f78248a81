package org.smartbert.jobs.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.sync.RingSettings.Encryption;
import org.smartbert.jobs.sync.RingSettings.Wire;
import org.smartbert.model.SharedFiles;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.training.Checkpoints;
import org.smartbert.model.training.GradientSync;
import org.smartbert.model.training.LabelledText;
import org.smartbert.model.training.Safeguards;
import org.smartbert.model.training.ShardedRows;
import org.smartbert.model.training.SkipPenalty;
import org.smartbert.model.training.TrainingEvent;
import org.smartbert.model.training.TrainingLoop;
import org.smartbert.model.training.TrainingSettings;
import org.smartbert.model.training.Worker;

/**
 * Two and four workers train what one trains: 20 steps of stage 1, ten with soft and ten with hard
 * gates, and 20 of stage 2, every tenth batch smaller than four workers. Losses within 1e-5
 * relative, weights within 1e-5.
 */
class WorkerEqualityTest {
  private static final int BATCH = 16;
  private static final int ROWS = 9 * BATCH + 2;

  private TrainingSettings settings =
      TrainingSettings.defaults()
          .with(
              new TrainingSettings.Optimisation(
                  TrainingSettings.Rates.of(2e-5),
                  0.01,
                  1.0,
                  BATCH,
                  1,
                  TrainingSettings.Frozen.NOTHING))
          .with(new TrainingSettings.Epochs(2, 1, 2, 0, 0));

  @Test
  @Tag("shared")
  void theGoldenModelOfFourLayers() throws Exception {
    Path golden = SharedFiles.require("golden/smartbert-4x32");
    ModelDirectory.Contents contents = ModelDirectory.openModel(golden);
    assertEqual(TinyModels.withDropout(contents.config(), 0), contents.weights());
  }

  @Test
  void aModelOfTwelveLayers() throws Exception {
    BertConfig config = TinyModels.config(12, 32, 3);
    assertEqual(config, TinyModels.weights(new CheckpointNames(config).backbone(), 5));
  }

  @Test
  void aBudgetOfLayersIsThatOfTheGlobalBatch() throws Exception {
    settings = settings.with(settings.losses().with(new SkipPenalty.Budget(0.1)));
    BertConfig config = TinyModels.config(4, 32, 3);
    assertEqual(config, TinyModels.weights(new CheckpointNames(config).backbone(), 5));
  }

  private record Trained(Map<String, HostTensor> weights, List<TrainingEvent.Step> steps) {}

  private void assertEqual(BertConfig config, Map<String, HostTensor> start) throws Exception {
    Trained alone = train(1, config, start).get(0);
    assertThat(alone.steps()).hasSize(40);
    for (int workers : List.of(2, 4)) {
      List<Trained> together = train(workers, config, start);
      for (Trained trained : together) {
        for (int s = 0; s < 40; s++) {
          double expected = alone.steps().get(s).loss().total();
          assertThat(trained.steps().get(s).loss().total())
              .as("%d workers, step %d of stage %d", workers, s % 20, 1 + s / 20)
              .isCloseTo(expected, within(1e-5 * Math.abs(expected)));
        }
        trained
            .weights()
            .forEach(
                (name, tensor) -> {
                  HostTensor expected = alone.weights().get(name);
                  for (int i = 0; i < tensor.size(); i++) {
                    assertThat(Math.abs(tensor.values().get(i) - expected.values().get(i)))
                        .as("%d workers, %s[%d]", workers, name, i)
                        .isLessThan(1e-5f);
                  }
                });
        together
            .get(0)
            .weights()
            .forEach(
                (name, tensor) ->
                    assertThat(trained.weights().get(name).values().rewind())
                        .as("replicas of %s", name)
                        .isEqualTo(tensor.values().rewind()));
      }
    }
  }

  private List<Trained> train(int workers, BertConfig config, Map<String, HostTensor> start)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(workers);
    try {
      RunSecret secret = RunSecret.draw();
      RingSettings ring = new RingSettings(Duration.ofSeconds(10), Wire.FLOAT32, Encryption.NONE);
      List<Rendezvous> rendezvous = new ArrayList<>();
      List<String> addresses = new ArrayList<>();
      for (int rank = 0; rank < workers && workers > 1; rank++) {
        rendezvous.add(new Rendezvous("127.0.0.1", "t" + rank, rank, workers, secret, ring));
        addresses.add(rendezvous.get(rank).address());
      }
      List<Callable<Trained>> tasks = new ArrayList<>();
      for (int r = 0; r < workers; r++) {
        int rank = r;
        tasks.add(
            () -> {
              try (GradientSync sync =
                  workers == 1 ? GradientSync.single() : rendezvous.get(rank).join(addresses)) {
                return work(sync, config, start);
              }
            });
      }
      List<Trained> results = new ArrayList<>();
      for (Future<Trained> future : threads.invokeAll(tasks, 120, TimeUnit.SECONDS)) {
        results.add(future.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  private Trained work(GradientSync sync, BertConfig config, Map<String, HostTensor> start) {
    List<LabelledText> own = new ArrayList<>();
    List<LabelledText> validation = new ArrayList<>();
    List<LabelledText> rows = rows(config, ROWS);
    for (int i = 0; i < rows.size(); i++) {
      if (ShardedRows.owner(i, BATCH, sync.worldSize()) == sync.rank()) {
        own.add(rows.get(i));
      }
      if (i % sync.worldSize() == sync.rank()) {
        validation.add(rows.get(i));
      }
    }
    List<TrainingEvent.Step> steps = new ArrayList<>();
    Map<String, HostTensor> weights =
        new TrainingLoop(
                config,
                settings,
                new Safeguards(0, 5),
                new Worker(
                    sync,
                    TorchDevice.CPU,
                    Checkpoints.none(),
                    event -> {
                      if (event instanceof TrainingEvent.Step step) {
                        steps.add(step);
                      }
                    },
                    () -> false))
            .run(
                start,
                new ShardedRows(ROWS, own, BATCH, sync.rank(), sync.worldSize()),
                validation);
    return new Trained(new TreeMap<>(weights), steps);
  }

  private static List<LabelledText> rows(BertConfig config, int count) {
    Random random = new Random(8);
    List<LabelledText> rows = new ArrayList<>();
    for (int r = 0; r < count; r++) {
      int[] ids = new int[4 + random.nextInt(12)];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = 5 + random.nextInt(config.vocabSize() - 5);
      }
      rows.add(
          new LabelledText(
              new EncodedText(ids, new int[ids.length], false),
              random.nextInt(config.labels().size())));
    }
    return rows;
  }
}
