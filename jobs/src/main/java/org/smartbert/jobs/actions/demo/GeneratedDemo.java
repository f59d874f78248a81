package org.smartbert.jobs.actions.demo;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.smartbert.jobs.actions.evaluation.Floor;
import org.smartbert.jobs.actions.run.CancellableJobs;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.scoring.ScoreAction;
import org.smartbert.jobs.actions.scoring.ScoreRequest;
import org.smartbert.jobs.actions.scoring.ScoreResult;
import org.smartbert.jobs.actions.training.TrainAction;
import org.smartbert.jobs.actions.training.TrainRequest;
import org.smartbert.jobs.actions.training.TrainResult;
import org.smartbert.jobs.demo.DemoData;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.training.TrainingSettings;

/**
 * The demo of generated sentences and a small network, step by step: {@link #makeSample}, {@link
 * #train}, {@link #score}. It needs no download.
 */
public final class GeneratedDemo {
  /** The paper's 0.05 makes a network as small as the demo's skip nearly everything. */
  private static final double SKIP_LAMBDA = 0.002;

  private final JobContext context;
  private final GeneratedDemoRequest request;
  private final DemoFolder folder;

  public GeneratedDemo(JobContext context, GeneratedDemoRequest request) {
    this.request = request;
    this.folder = new DemoFolder(request.folder());
    this.context = folder.context(context);
  }

  /** The folder of the demo's tables. */
  public String tablesRoot() {
    return context.tablesRoot();
  }

  public Path model() {
    return folder.model();
  }

  public Path predictions() {
    return folder.predictions();
  }

  /**
   * Clears what an earlier demo left and writes the sample.
   *
   * @throws org.smartbert.model.InvalidInputException if the folder holds something that is not a
   *     demo's
   */
  public void makeSample() {
    folder.clear();
    DemoData.write(context.spark(), folder.path(), request.trainRows(), request.testRows());
  }

  public TrainResult train() {
    TrainingSettings defaults = TrainingSettings.defaults();
    TrainingSettings.Losses losses = defaults.losses();
    TrainingSettings settings =
        defaults
            .with(
                new TrainingSettings.Optimisation(
                    TrainingSettings.Rates.of(5e-4),
                    0.01,
                    1.0,
                    32,
                    1,
                    TrainingSettings.Frozen.NOTHING))
            .with(new TrainingSettings.Epochs(8, 5, 3, 0, 0))
            .with(
                new TrainingSettings.Losses(
                    SKIP_LAMBDA,
                    losses.stageOne(),
                    losses.stageTwo(),
                    losses.teacher(),
                    losses.labelSmoothing(),
                    losses.classWeights()));
    TrainRequest train =
        TrainRequest.of(
                TrainRequest.Rows.of(reviews("reviews_train"), "label").with(Floor.OFF),
                TrainRequest.Model.of(
                    folder.path().resolve("backbone").toString(), model().toString()))
            .with(settings);
    return cancellable(() -> new TrainAction(context).run(train));
  }

  public ScoreResult score() {
    ScoreRequest score =
        ScoreRequest.of(
            reviews("reviews_test"),
            ModelSelection.of(model().toString()),
            predictions().toString());
    return cancellable(() -> new ScoreAction(context).run(score));
  }

  private <T> T cancellable(Supplier<T> step) {
    return CancellableJobs.during(context.spark().sparkContext(), "smartbert demo", step);
  }

  /**
   * Scored rows of one kind.
   *
   * @param difficulty of the reviews; "all" for all rows
   * @param layers executed, mean
   * @param cost the sum of FLOPs over the sum of full depth's
   */
  public record DifficultyRow(
      String difficulty, long rows, double accuracy, double layers, double cost) {}

  /** Accuracy and cost by difficulty, all rows last. */
  public List<DifficultyRow> byDifficulty() {
    return context
        .spark()
        .sql(
            "SELECT * FROM (SELECT coalesce(difficulty, 'all') AS difficulty, count(*),"
                + " avg(CAST(prediction = label AS INT)) AS accuracy, avg(layers_executed),"
                + " sum(flops) / sum(flops_full) FROM delta.`"
                + predictions()
                + "` GROUP BY ROLLUP (difficulty)) ORDER BY difficulty = 'all', accuracy DESC")
        .collectAsList()
        .stream()
        .map(
            row ->
                new DifficultyRow(
                    row.getString(0),
                    row.getLong(1),
                    row.getDouble(2),
                    row.getDouble(3),
                    row.getDouble(4)))
        .toList();
  }

  private TextInput reviews(String table) {
    return TextInput.of(
        new InputTable(folder.path().resolve(table).toString(), InputTable.Format.DELTA, Map.of()),
        "text");
  }
}
