package org.smartbert.jobs.cli.options;

import java.util.List;
import java.util.Optional;
import org.smartbert.jobs.actions.scoring.ScoreRequest;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.udfs.PredictionSchema;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is scored, how, and what is written of it, wherever it is written. */
public final class ScoringOptions {
  @Mixin private InputOptions input;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description =
          "Model directory written by train, convert, quantize or calibrate, on a file system that"
              + " all executors can read; or hf:ORG/NAME, a classifier of the Hugging Face hub.")
  private String model;

  @Option(
      names = "--entropy-threshold",
      paramLabel = "ENTROPY",
      description =
          "A row exits at the first layer whose entropy is below this threshold, in nats, or as a"
              + " fraction of ln C for a fastbert model; 0 disables early exit (default: the"
              + " threshold of a model that calibrate wrote, 0.3 for others).")
  private Float entropyThreshold;

  @Mixin private ComputeOptions compute;

  @Option(names = "--logits", description = "Add a column logits ARRAY<FLOAT>.")
  private boolean logits;

  @Option(
      names = "--keep",
      split = ",",
      paramLabel = "COLUMN",
      description = "Input columns to keep, separated by commas (default: all).")
  private List<String> keep = List.of();

  @Mixin private PrefixOption prefix;

  @Option(
      names = "--slices",
      defaultValue = "0",
      paramLabel = "N",
      description =
          "Number of commits; the input is read once per commit (default: one per 100,000 rows,"
              + " at most 20; with score --max-core-hours one per 25,000, at most 100).")
  private int slices;

  @Option(
      names = "--partitions",
      defaultValue = "0",
      paramLabel = "N",
      description =
          "Tasks per commit (default: the partitions of the input, at least one per core).")
  private int partitions;

  public TextInput input() {
    return input.textInput();
  }

  public ModelSelection model() {
    return compute.select(model);
  }

  public ScoreRequest.Exits exits() {
    return new ScoreRequest.Exits(Optional.ofNullable(entropyThreshold), compute.gates());
  }

  /** Columns of the input to keep; empty for all. */
  public List<String> keep() {
    return keep;
  }

  public PredictionSchema columns() {
    return new PredictionSchema(
        prefix.text(), logits ? PredictionSchema.Logits.KEEP : PredictionSchema.Logits.DROP);
  }

  public ScoreRequest.Tasks tasks() {
    return new ScoreRequest.Tasks(slices, partitions);
  }
}
