package org.smartbert.jobs.actions.demo;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.smartbert.jobs.actions.backbones.Backbones;
import org.smartbert.jobs.actions.backbones.JarDownload;
import org.smartbert.jobs.actions.conversion.ConvertAction;
import org.smartbert.jobs.actions.conversion.ConvertRequest;
import org.smartbert.jobs.actions.conversion.ConvertResult;
import org.smartbert.jobs.actions.evaluation.EvaluateAction;
import org.smartbert.jobs.actions.evaluation.EvaluateRequest;
import org.smartbert.jobs.actions.evaluation.Floor;
import org.smartbert.jobs.actions.evaluation.NaiveBayes;
import org.smartbert.jobs.actions.run.CancellableJobs;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.samples.SampleAction;
import org.smartbert.jobs.actions.samples.SampleRequest;
import org.smartbert.jobs.actions.samples.SampleResult;
import org.smartbert.jobs.actions.samples.Samples;
import org.smartbert.jobs.actions.scoring.ScoreAction;
import org.smartbert.jobs.actions.scoring.ScoreRequest;
import org.smartbert.jobs.actions.scoring.ScoreResult;
import org.smartbert.jobs.actions.training.TrainAction;
import org.smartbert.jobs.actions.training.TrainRequest;
import org.smartbert.jobs.actions.training.TrainResult;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.LabelledRows;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.jobs.samples.Sample;
import org.smartbert.model.bert.Method;
import org.smartbert.model.inference.Gates;

/**
 * The demo of a pretrained BERT on real text, step by step: {@link #backbone}, {@link #sample},
 * {@link #naiveBayes}, {@link #fineTune}, {@link #addExits}, {@link #thresholds}, then {@link
 * #score} for full depth and each threshold. Nothing is chosen by the rows that are scored.
 */
public final class PretrainedDemo {
  private static final String SAMPLE = "wordnet-glosses";
  private static final String TEXT = "text";
  private static final String LABEL = "label";
  private static final LabelledRows COLUMNS = new LabelledRows(TEXT, null, LABEL);

  private final JobContext context;
  private final DemoFolder folder;
  private final GlossTables tables;
  private final Sample glosses;
  private final JarDownload jars;

  /** The demo with WordNet's jar of Maven Central. */
  public PretrainedDemo(JobContext context, PretrainedDemoRequest request) {
    this(context, request, Samples.require(SAMPLE), JarDownload.OF_USER);
  }

  PretrainedDemo(
      JobContext context, PretrainedDemoRequest request, Sample glosses, JarDownload jars) {
    this.glosses = glosses;
    this.jars = jars;
    this.folder = new DemoFolder(request.folder());
    this.context = folder.context(context);
    this.tables = new GlossTables(context.spark(), folder.path(), request);
  }

  /** The name of the backbone in the catalogue. */
  public String backboneName() {
    return DemoRecipe.BACKBONE;
  }

  /** Downloads and converts the backbone if the cache does not have it; returns its directory. */
  public Path backbone() {
    return new Backbones(context.hadoop(), context.progress()).get(DemoRecipe.BACKBONE);
  }

  /**
   * Clears what an earlier demo left, downloads the glosses, and puts the rows that are used into
   * Delta tables.
   *
   * @throws org.smartbert.model.InvalidInputException if the folder holds something that is not a
   *     demo's
   */
  public SampleResult sample() {
    folder.clear();
    SampleRequest request = new SampleRequest(glosses, folder.path().resolve(SAMPLE).toString());
    return cancellable(
        () -> {
          SampleResult result = new SampleAction(context, jars).run(request);
          tables.write(result);
          return result;
        });
  }

  /** Naive Bayes, trained on the rows that the network is fine-tuned on. */
  public NaiveBayes.Result naiveBayes() {
    return cancellable(
        () ->
            NaiveBayes.trainedOn(COLUMNS, tables.read(GlossTables.TRAIN))
                .test(COLUMNS, tables.read(GlossTables.TEST)));
  }

  /** Workers that train. */
  public int workers() {
    return DemoRecipe.workers(context.spark().sparkContext().defaultParallelism());
  }

  /** Fine-tunes all layers of the backbone, with one classifier. */
  public TrainResult fineTune(Path backbone) {
    TrainRequest.Rows rows =
        new TrainRequest.Rows(
            input(GlossTables.TRAIN),
            LABEL,
            new TrainRequest.Validation.Table(tables.location(GlossTables.VALIDATION)),
            // Naive Bayes, on the same rows, is a step of its own.
            Floor.OFF);
    TrainRequest.Model model =
        new TrainRequest.Model(
            backbone.toString(),
            fullDepthModel().toString(),
            Optional.of(DemoRecipe.MAX_TOKENS),
            Method.BERT.mechanism());
    TrainRequest request =
        TrainRequest.of(rows, model)
            .with(DemoRecipe.fullDepth())
            .with(DemoRecipe.workersOf(workers()));
    return cancellable(() -> new TrainAction(context).run(request));
  }

  /**
   * Adds exits to the fine-tuned network. They learn from its answers to texts that it was not
   * trained on: to its own rows its answers are surer than to others.
   */
  public ConvertResult addExits() {
    ConvertRequest.Model model =
        new ConvertRequest.Model(
            fullDepthModel().toString(),
            folder.model().toString(),
            Optional.of(DemoRecipe.MAX_TOKENS),
            Gates.OFF);
    ConvertRequest request =
        ConvertRequest.of(ConvertRequest.Rows.of(input(GlossTables.UNLABELLED)), model)
            .with(DemoRecipe.exits())
            .with(DemoRecipe.workersOf(workers()));
    return cancellable(() -> new ConvertAction(context).run(request));
  }

  private Path fullDepthModel() {
    return folder.path().resolve("model_full_depth");
  }

  /** Chooses two thresholds on the validation rows, the careful one first. */
  public List<ThresholdChoice> thresholds() {
    EvaluateRequest request =
        new EvaluateRequest(
            input(GlossTables.VALIDATION),
            LABEL,
            List.of(model()),
            new EvaluateRequest.Policies(ThresholdChoice.CANDIDATES, Gates.ON),
            0,
            Floor.OFF);
    return ThresholdChoice.of(cancellable(() -> new EvaluateAction(context).run(request)).lines());
  }

  /**
   * Scores the test rows at full depth: no exits, no skips. {@link #thresholds} goes before, so
   * that this run does not pay for what the first one of a process pays for.
   */
  public DemoScores fullDepth() {
    return score(0, Gates.OFF, folder.tables().resolve("predictions_full_depth"));
  }

  /**
   * Scores the test rows at the careful threshold, into the table that {@link #predictions} names.
   */
  public DemoScores careful(ThresholdChoice choice) {
    return score(choice.threshold(), Gates.ON, folder.predictions());
  }

  /** Scores the test rows at the cheap threshold. */
  public DemoScores cheap(ThresholdChoice choice) {
    return score(choice.threshold(), Gates.ON, folder.tables().resolve("predictions_cheap"));
  }

  private DemoScores score(float threshold, Gates gates, Path output) {
    ScoreRequest request =
        ScoreRequest.of(input(GlossTables.TEST), model(), output.toString())
            .with(new ScoreRequest.Exits(threshold, gates));
    return cancellable(
        () -> {
          ScoreResult result = new ScoreAction(context).run(request);
          return DemoScores.of(context.spark(), result, LABEL);
        });
  }

  private ModelSelection model() {
    return ModelSelection.of(folder.model().toString());
  }

  private TextInput input(String table) {
    return TextInput.of(
        new InputTable(tables.location(table), InputTable.Format.DELTA, Map.of()), TEXT);
  }

  private <T> T cancellable(Supplier<T> step) {
    return CancellableJobs.during(context.spark().sparkContext(), "smartbert demo", step);
  }

  /** The folder of the demo's tables. */
  public String tablesRoot() {
    return context.tablesRoot();
  }

  /** The directory of the trained model. */
  public Path modelDirectory() {
    return folder.model();
  }

  /** The predictions at the careful threshold. */
  public Path predictions() {
    return folder.predictions();
  }
}
