package org.smartbert.jobs.actions.training;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.Row;
import org.smartbert.jobs.io.OutputFolder;
import org.smartbert.jobs.sync.Rendezvous;
import org.smartbert.jobs.sync.RunSecret;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.text.TextEncoder;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.training.Checkpoint;
import org.smartbert.model.training.Checkpoints;
import org.smartbert.model.training.GradientSync;
import org.smartbert.model.training.LabelledText;
import org.smartbert.model.training.ShardedRows;
import org.smartbert.model.training.TrainingEvent;
import org.smartbert.model.training.TrainingLoop;
import org.smartbert.model.training.Worker;
import org.smartbert.udfs.ExecutorModels;
import org.smartbert.udfs.ModelReference;
import org.smartbert.udfs.NativeShutdown;

/**
 * A worker: encodes its rows, trains with the others, and, as rank 0, writes checkpoints and the
 * model. Rows are those of {@link DistributedRows}.
 *
 * @param checkpoint the one to resume from; null for a new start
 * @param secondsBefore that the run had taken when this attempt began
 */
record TrainingTask(
    TrainingPlan plan,
    TrainingEvents events,
    RunSecret secret,
    String checkpoint,
    double secondsBefore)
    implements Serializable {
  /** Steps that reach the driver and the metrics table, of each stage. */
  private static final int LOGGED_STEPS = 400;

  /** What the rows became on one worker. */
  record Counts(long trained, long validated) implements Serializable {}

  Iterator<Counts> run(Iterator<Row> rows) {
    long started = System.nanoTime();
    NativeShutdown.install();
    BarrierTaskContext context = BarrierTaskContext.get();
    Configuration hadoop = ExecutorModels.hadoop();
    Path backbone = ModelReference.local(plan.network().backbone(), hadoop);
    StartingPoint start =
        StartingPoint.of(backbone, plan.network().purpose(), plan.network().mechanism());
    BertConfig config = start.config(plan.network().labels());
    TorchDevice device = plan.workers().device().of(context);
    try (StopSignal stop = StopSignal.of(context)) {
      return train(
          rows, new Place(context, hadoop, backbone, device, stop, started), start, config);
    }
  }

  /**
   * Where this worker runs and what it starts from.
   *
   * @param started the process's clock when it did, in nanoseconds
   */
  private record Place(
      BarrierTaskContext context,
      Configuration hadoop,
      Path backbone,
      TorchDevice device,
      StopSignal stop,
      long started) {}

  private Iterator<Counts> train(
      Iterator<Row> rows, Place place, StartingPoint start, BertConfig config) {
    List<LabelledText> train = new ArrayList<>();
    List<LabelledText> validation = new ArrayList<>();
    encode(rows, place.backbone(), config, train, validation);
    train = start.train(train, place.device(), place.stop());
    validation = start.validation(validation, place.device(), place.stop());
    try (GradientSync sync = join(place.context())) {
      Log log = new Log(sync.rank() == 0);
      Map<String, HostTensor> weights =
          new TrainingLoop(
                  config,
                  plan.network().purpose(),
                  plan.settings(),
                  plan.workers().safeguards(),
                  new Worker(
                      sync,
                      place.device(),
                      new SavedCheckpoints(
                          new CheckpointFolder(plan.checkpoints(), place.hadoop()),
                          log,
                          place.started()),
                      log::report,
                      place.stop()))
              .run(
                  start.weights(plan.network().labels()),
                  new ShardedRows(
                      plan.trainRows(),
                      train,
                      plan.settings().optimisation().batchSize(),
                      sync.rank(),
                      sync.worldSize()),
                  validation);
      if (sync.rank() == 0) {
        write(config, weights, place.backbone(), place.hadoop());
      }
    }
    return List.of(new Counts(train.size(), validation.size())).iterator();
  }

  private GradientSync join(BarrierTaskContext context) {
    int workers = plan.workers().count();
    if (workers == 1) {
      return GradientSync.single();
    }
    String host = SparkEnv.get().blockManager().blockManagerId().host();
    String where = "executor-" + SparkEnv.get().executorId() + "@" + host;
    try (Rendezvous rendezvous =
        new Rendezvous(
            host, where, context.partitionId(), workers, secret, plan.workers().ring())) {
      return rendezvous.join(List.of(context.allGather(rendezvous.address())));
    }
  }

  private void encode(
      Iterator<Row> rows,
      Path backbone,
      BertConfig config,
      List<LabelledText> train,
      List<LabelledText> validation) {
    // A shuffle delivers its blocks in any order.
    List<Row> sorted = new ArrayList<>();
    rows.forEachRemaining(sorted::add);
    sorted.sort(Comparator.comparingLong(row -> row.getLong(0)));
    try (TextEncoder encoder = TextEncoder.open(backbone, config, plan.network().maxTokens())) {
      for (Row row : sorted) {
        EncodedText text = encoder.encode(row.getString(1), row.getString(2));
        (row.getBoolean(4) ? validation : train).add(new LabelledText(text, row.getInt(3)));
      }
    }
  }

  /**
   * What rank 0 reports to the driver, and keeps in checkpoints so that a failed attempt loses
   * nothing.
   */
  private final class Log {
    private final List<TrainingEvent> kept = new ArrayList<>();
    private final boolean speaks;

    Log(boolean speaks) {
      this.speaks = speaks;
    }

    void report(TrainingEvent event) {
      if (!speaks) {
        return;
      }
      if (event instanceof TrainingEvent.Step step) {
        int every = Math.max(1, step.steps() / LOGGED_STEPS);
        if (step.step() % every != 0 && step.step() != step.steps()) {
          return;
        }
      }
      kept.add(event);
      events.add(event);
    }
  }

  private final class SavedCheckpoints implements Checkpoints {
    private final CheckpointFolder folder;
    private final Log log;
    private final long started;

    SavedCheckpoints(CheckpointFolder folder, Log log, long started) {
      this.folder = folder;
      this.log = log;
      this.started = started;
    }

    @Override
    public Optional<Checkpoint> latest() {
      if (checkpoint == null) {
        return Optional.empty();
      }
      CheckpointFolder.Loaded loaded = folder.load(checkpoint);
      loaded.manifest().events().forEach(log::report);
      return Optional.of(loaded.checkpoint());
    }

    @Override
    public void save(Checkpoint state) {
      double seconds = secondsBefore + (System.nanoTime() - started) / 1e9;
      beyondInterrupts(() -> folder.save(state, plan.run().identity(), seconds, log.kept));
    }
  }

  /** On a thread of its own: Spark interrupts tasks that it stops, and files would be cut off. */
  private static void beyondInterrupts(Runnable work) {
    FutureTask<Void> task = new FutureTask<>(work, null);
    new Thread(task, "smartbert-checkpoint").start();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          task.get();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw e.getCause() instanceof RuntimeException known
              ? known
              : new IllegalStateException(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void write(
      BertConfig config, Map<String, HostTensor> weights, Path backbone, Configuration hadoop) {
    try {
      Path scratch = Files.createTempDirectory("smartbert-train-");
      Path model = scratch.resolve("model");
      ModelDirectory.write(model, config, weights.values(), backbone, Map.of());
      org.apache.hadoop.fs.Path target = new org.apache.hadoop.fs.Path(plan.temporary());
      FileSystem files = OutputFolder.files(target, hadoop);
      files.delete(target, true);
      files.mkdirs(target);
      try (Stream<Path> written = Files.list(model)) {
        for (Path file : written.toList()) {
          boolean deleteSource = true;
          files.copyFromLocalFile(
              deleteSource, new org.apache.hadoop.fs.Path(file.toUri()), target);
        }
      }
      Files.delete(model);
      Files.delete(scratch);
    } catch (IOException e) {
      throw new UncheckedIOException("The model " + plan.output() + " could not be written", e);
    }
  }
}
