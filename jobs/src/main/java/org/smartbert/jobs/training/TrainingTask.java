package org.smartbert.jobs.training;

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
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Row;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.text.TextEncoder;
import org.smartbert.model.training.GradientSync;
import org.smartbert.model.training.LabelledText;
import org.smartbert.model.training.TrainingEvent;
import org.smartbert.model.training.TrainingLoop;
import org.smartbert.udfs.ModelReference;

/**
 * The worker: encodes its rows, trains, and writes the model under its temporary name. Rows are
 * (first STRING, second STRING, label INT, validation BOOLEAN).
 */
record TrainingTask(TrainingPlan plan, TrainingEvents events) implements Serializable {
  /** Steps that reach the driver and the metrics table, of each stage. */
  private static final int LOGGED_STEPS = 400;

  /** Trains on the rows; returns how many were trained on and how many validated. */
  Iterator<Long> run(Iterator<Row> rows) {
    Configuration hadoop = new Configuration();
    Path backbone = ModelReference.local(plan.backbone(), hadoop);
    ModelDirectory.Contents start = ModelDirectory.openBackbone(backbone);
    BertConfig config = start.config().withLabels(plan.labels());
    List<LabelledText> train = new ArrayList<>();
    List<LabelledText> validation = new ArrayList<>();
    encode(rows, backbone, config, train, validation);
    Map<String, HostTensor> weights;
    try (GradientSync sync = GradientSync.single()) {
      weights =
          new TrainingLoop(config, plan.settings(), sync, this::report)
              .run(start.weights(), train, validation);
    }
    write(config, weights, backbone, hadoop);
    return List.of((long) train.size(), (long) validation.size()).iterator();
  }

  private void encode(
      Iterator<Row> rows,
      Path backbone,
      BertConfig config,
      List<LabelledText> train,
      List<LabelledText> validation) {
    // An order of the rows' own, because Spark gives them in any.
    List<Row> sorted = new ArrayList<>();
    rows.forEachRemaining(sorted::add);
    sorted.sort(
        Comparator.comparing((Row row) -> row.getString(0))
            .thenComparing(row -> String.valueOf(row.get(1)))
            .thenComparing(row -> row.getInt(2)));
    try (TextEncoder encoder = TextEncoder.open(backbone, config, plan.maxTokens())) {
      for (Row row : sorted) {
        EncodedText text =
            row.isNullAt(1)
                ? encoder.encode(row.getString(0))
                : encoder.encode(row.getString(0), row.getString(1));
        (row.getBoolean(3) ? validation : train).add(new LabelledText(text, row.getInt(2)));
      }
    }
  }

  private void report(TrainingEvent event) {
    if (event instanceof TrainingEvent.Step step) {
      int every = Math.max(1, step.steps() / LOGGED_STEPS);
      if (step.step() % every == 0 || step.step() == step.steps()) {
        events.add(event);
      }
    } else {
      events.add(event);
    }
  }

  private void write(
      BertConfig config, Map<String, HostTensor> weights, Path backbone, Configuration hadoop) {
    try {
      Path scratch = Files.createTempDirectory("smartbert-train-");
      Path model = scratch.resolve("model");
      ModelDirectory.write(model, config, weights.values(), backbone, Map.of());
      org.apache.hadoop.fs.Path target = new org.apache.hadoop.fs.Path(plan.temporary());
      FileSystem files = target.getFileSystem(hadoop);
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
