package org.smartbert.jobs.actions.conversion;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.smartbert.jobs.actions.backbones.Backbones;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.jobs.actions.training.ExecutorWatch;
import org.smartbert.jobs.actions.training.TrainRequest;
import org.smartbert.jobs.actions.training.TrainingIdentity;
import org.smartbert.jobs.actions.training.TrainingInputs;
import org.smartbert.jobs.actions.training.TrainingJob;
import org.smartbert.jobs.actions.training.TrainingPlan;
import org.smartbert.jobs.actions.training.TrainingSetup;
import org.smartbert.jobs.history.TrainingMetricsTable;
import org.smartbert.jobs.io.Digests;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.OutputFolder;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.jobs.io.UnlabelledRows;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.training.Purpose;
import org.smartbert.model.training.TrainingSettings;

/** Carries out a {@link ConvertRequest}. */
public record ConvertAction(JobContext context) {
  private static final String COMMAND = "convert";

  /**
   * Trains exits and gates beside the classifier and compares the result with it, before the model
   * gets its name. A run that was interrupted resumes from its last checkpoint.
   *
   * @throws InvalidInputException before any work, for rows, a classifier or an output that do not
   *     fit
   */
  public ConvertResult run(ConvertRequest request) {
    ConvertRequest.Model model = request.model();
    // Before anything is downloaded.
    new OutputFolder(model.output(), context.hadoop()).requireFree();
    String classifier = Backbones.locate(model.classifier(), context);
    try (ExecutorWatch watch = ExecutorWatch.of(context.spark().sparkContext())) {
      return run(request.with(model.from(classifier)), watch);
    }
  }

  private ConvertResult run(ConvertRequest request, ExecutorWatch watch) {
    TrainingSetup setup =
        TrainingSetup.of(
            context,
            trained(request.model()),
            Purpose.CONVERSION,
            request.rows().input(),
            request.workers());
    TrainingSettings settings = request.learning().settings(request.model().gates());
    UnlabelledRows texts = request.rows().input().unlabelled();
    TrainingIdentity identity = identity(request, setup, settings);
    TrainingInputs inputs = TrainingInputs.open(context, identity);
    InputTable.Pinned source = inputs.train();
    texts.validate(source.rows().schema());
    List<String> notes = new ArrayList<>(inputs.notes());
    notes.addAll(source.notes());
    UnlabelledRows.Counts counts = texts.count(source.rows()).atMost(request.rows().most());
    notes.add(counts.describe(identity.input().location()));
    Dataset<Row> used =
        counts.used() < counts.withText()
            ? texts.sample(source.rows(), request.rows().most(), settings.seed())
            : source.rows();
    Dataset<Row> rows = texts.split(used, request.rows().heldOut(), settings.seed());
    long trainRows = requireRows(rows, request.rows().heldOut());
    tell(notes);
    TrainingPlan plan = plan(request, setup, settings, identity, inputs, trainRows);
    Agreement agreement =
        new Agreement(
            context.spark(),
            plan,
            request.comparison(),
            rows.filter("validation").select("first", "second"),
            source);
    List<ConvertResult.Line> lines = new ArrayList<>();
    TrainingJob.Result job =
        new TrainingJob(context, plan, watch)
            .run(
                rows,
                identity.input().location(),
                inputs,
                directory -> lines.addAll(agreement.of(directory)));
    return new ConvertResult(
        plan,
        job,
        notes,
        lines,
        new TrainingMetricsTable(context.spark(), context.tablesRoot()).location());
  }

  private static TrainRequest.Model trained(ConvertRequest.Model model) {
    boolean exits = true;
    return new TrainRequest.Model(
        model.classifier(),
        model.output(),
        model.maxTokens(),
        new Method.Mechanism(Method.SMARTBERT, model.gates() == Gates.ON, exits));
  }

  private TrainingIdentity identity(
      ConvertRequest request, TrainingSetup setup, TrainingSettings settings) {
    TextInput texts = request.rows().input();
    InputTable input = texts.table();
    return new TrainingIdentity(
        COMMAND,
        setup.output(),
        input,
        Optional.empty(),
        request.runId(),
        Digests.of(
            List.of(
                COMMAND,
                setup.location() + " " + setup.digest(),
                setup.output(),
                Integer.toString(setup.maxTokens()),
                request.model().gates().toString(),
                settings.toString(),
                texts.textColumn(),
                texts.pairColumn().toString(),
                Integer.toString(request.rows().most()),
                Double.toString(request.rows().heldOut()),
                input.resolved(context.spark()).toString())));
  }

  private static TrainingPlan plan(
      ConvertRequest request,
      TrainingSetup setup,
      TrainingSettings settings,
      TrainingIdentity identity,
      TrainingInputs inputs,
      long trainRows) {
    BertConfig config = setup.start().config();
    String digest = identity.of(inputs, config.labels(), trainRows, settings);
    return new TrainingPlan(
        new TrainingPlan.Network(
            setup.location(),
            Purpose.CONVERSION,
            config.mechanism(),
            config.labels(),
            config.layers(),
            setup.maxTokens()),
        setup.output(),
        trainRows,
        settings,
        setup.workers(),
        new TrainingPlan.Run(
            COMMAND, request.runId().orElse(COMMAND + "-" + digest), identity.request(), digest));
  }

  /** Before the work, which may take hours. */
  private void tell(List<String> notes) {
    try (Progress progress = context.progress().start(COMMAND)) {
      notes.forEach(progress::note);
    }
  }

  /** Rows to learn from; refuses an input that leaves none, or none to compare on. */
  private static long requireRows(Dataset<Row> rows, double share) {
    long held = rows.filter("validation").count();
    long train = rows.filter("NOT validation").count();
    if (held == 0 || train == 0) {
      throw new InvalidInputException(
          "There are %d rows to learn from and %d that --held-out %s keeps aside; give more rows"
              + " with a text, or another share.",
          train, held, share);
    }
    return train;
  }
}
