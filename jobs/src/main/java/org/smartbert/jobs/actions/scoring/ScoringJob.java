package org.smartbert.jobs.actions.scoring;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.jobs.history.RunsTable;
import org.smartbert.jobs.io.Digests;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.model.InvalidInputException;
import org.smartbert.udfs.AdaptiveScoring;
import org.smartbert.udfs.ScoringCounters;
import org.smartbert.udfs.ScoringRequest;
import org.smartbert.udfs.TextColumns;

/**
 * Scores an input into a Delta table in slices, one commit each. A slice holds the rows whose text
 * has a certain hash, and its commit carries the run and the slice as Delta's transaction, so that
 * a job that was killed goes on where it stopped: what is committed is neither computed nor written
 * again.
 */
public final class ScoringJob {
  private static final long ROWS_PER_SLICE = 100_000;

  /** Every slice reads the input's texts once, so their number must not grow with the rows. */
  private static final long MOST_SLICES = 20;

  private final JobContext context;
  private final SparkSession spark;
  private final ScoringPlan plan;
  private final RunsTable runs;
  private final SliceListener listener;

  public ScoringJob(JobContext context, ScoringPlan plan, RunsTable runs, SliceListener listener) {
    this.context = context;
    this.spark = context.spark();
    this.plan = plan;
    this.runs = runs;
    this.listener = listener;
  }

  /** Is told of slices. */
  public interface SliceListener {
    SliceListener NONE = slice -> {};

    /** A slice was committed. */
    void committed(int slice);
  }

  /**
   * What a job did.
   *
   * @param rows of the input
   * @param computed slices that this attempt computed; 0 where the run was complete already
   * @param computedRows rows that its tasks scored
   * @param seconds they took
   */
  public record Result(
      String runId, long rows, int slices, int computed, long computedRows, double seconds) {}

  /** Checks everything that can be checked before work, then scores. */
  public Result run() {
    InputTable.Pinned input = pin();
    try (Progress progress = context.progress().start("score")) {
      input.notes().forEach(progress::note);
    }
    StructType written = validate(input.rows());
    plan.output().requireTakes(written, spark);

    String runId = runId(input);
    long rows = input.rows().count();
    int slices = plan.slices() > 0 ? plan.slices() : slicesFor(rows);
    Set<String> done = committed();
    List<Integer> open = new ArrayList<>();
    for (int slice = 0; slice < slices; slice++) {
      if (!done.contains(transaction(runId, slice, slices))) {
        open.add(slice);
      }
    }
    long started = System.nanoTime();
    long computedRows = 0;
    if (!open.isEmpty()) {
      runs.started(start(runId, input.version()));
      plan.output().create(written, plan.schema().constraints(), spark);
      try {
        computedRows = score(input.rows(), runId, rows, slices, open);
      } catch (RuntimeException e) {
        runs.failed(runId);
        throw e;
      }
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    return new Result(runId, rows, slices, open.size(), computedRows, seconds);
  }

  /** The input now, or as it was when an attempt at the same work began that did not end. */
  private InputTable.Pinned pin() {
    Optional<Row> cutOff = runs.unfinished(plan.request());
    if (cutOff.isEmpty()) {
      return plan.input().open(spark);
    }
    String version = cutOff.get().getAs("input_version");
    InputTable.Pinned input = plan.input().openAt(spark, version);
    if (!input.version().equals(version)) {
      throw new InvalidInputException(
          "The input %s has changed since run %s was cut off; restore it to finish that run, or"
              + " give a new --run-id to start over.",
          plan.input().location(), cutOff.get().<String>getAs("run_id"));
    }
    return input;
  }

  private StructType validate(Dataset<Row> rows) {
    TextColumns.text(rows.schema(), plan.textColumn(), "--text-column");
    if (plan.pairColumn() != null) {
      TextColumns.text(rows.schema(), plan.pairColumn(), "--pair-column");
    }
    return plan.schema().after(kept(rows).schema());
  }

  /** The columns that go to the output. */
  private Dataset<Row> kept(Dataset<Row> rows) {
    if (plan.keep().isEmpty()) {
      return rows.drop(TextColumns.MALFORMED);
    }
    Column[] columns =
        plan.keep().stream()
            .map(
                name -> {
                  int index = TextColumns.indexOf(rows.schema(), name, "--keep");
                  return TextColumns.column(rows.schema().fieldNames()[index]);
                })
            .toArray(Column[]::new);
    return rows.select(columns);
  }

  private String runId(InputTable.Pinned input) {
    return plan.runId() != null
        ? plan.runId()
        : "score-" + Digests.of(List.of(plan.request(), input.version()));
  }

  private RunsTable.Start start(String runId, String inputVersion) {
    return new RunsTable.Start(
        runId,
        "score",
        plan.request(),
        plan.settings(),
        plan.input().location(),
        inputVersion,
        plan.output().name(),
        plan.model().version());
  }

  private long score(Dataset<Row> input, String runId, long rows, int slices, List<Integer> open) {
    ScoringCounters counters = ScoringCounters.register(spark.sparkContext());
    ScoringRequest request =
        new ScoringRequest(
            plan.textColumn(),
            plan.pairColumn(),
            plan.model(),
            plan.entropyThreshold(),
            plan.gates(),
            plan.schema(),
            runId);
    try (LiveScoring live = new LiveScoring(context.progress().start("Scoring"), rows)) {
      live.addDone(rows * (slices - open.size()) / slices);
      spark.sparkContext().addSparkListener(live);
      try {
        for (int slice : open) {
          String transaction = transaction(runId, slice, slices);
          plan.output()
              .write(
                  output(slice(input, slice, slices), request, counters)
                      .write()
                      .mode("append")
                      .option("txnAppId", transaction)
                      .option("txnVersion", 1)
                      .option("userMetadata", transaction));
          listener.committed(slice);
        }
      } finally {
        spark.sparkContext().removeSparkListener(live);
      }
    }
    return counters.rows().value();
  }

  private Dataset<Row> output(Dataset<Row> rows, ScoringRequest request, ScoringCounters counters) {
    Dataset<Row> scored = AdaptiveScoring.score(spread(forScoring(rows)), request, counters);
    if (plan.keep().isEmpty()) {
      return scored;
    }
    List<Column> columns = new ArrayList<>();
    for (String name : kept(rows).schema().fieldNames()) {
      columns.add(TextColumns.column(name));
    }
    plan.schema().columns().forEach(c -> columns.add(TextColumns.column(c.name())));
    return scored.select(columns.toArray(Column[]::new));
  }

  /** The columns that are kept and the texts, so that no other column travels. */
  private Dataset<Row> forScoring(Dataset<Row> rows) {
    if (plan.keep().isEmpty()) {
      return rows;
    }
    Set<String> names = new LinkedHashSet<>(List.of(kept(rows).schema().fieldNames()));
    names.add(TextColumns.owner(rows.schema(), plan.textColumn(), "--text-column"));
    if (plan.pairColumn() != null) {
      names.add(TextColumns.owner(rows.schema(), plan.pairColumn(), "--pair-column"));
    }
    if (List.of(rows.columns()).contains(TextColumns.MALFORMED)) {
      names.add(TextColumns.MALFORMED);
    }
    return rows.select(names.stream().map(TextColumns::column).toArray(Column[]::new));
  }

  private Dataset<Row> slice(Dataset<Row> input, int slice, int slices) {
    if (slices == 1) {
      return input;
    }
    List<Column> hashed = new ArrayList<>();
    hashed.add(TextColumns.text(input.schema(), plan.textColumn(), "--text-column"));
    if (plan.pairColumn() != null) {
      hashed.add(TextColumns.text(input.schema(), plan.pairColumn(), "--pair-column"));
    }
    Column hash = xxhash64(hashed.toArray(Column[]::new));
    return input.filter(pmod(hash, lit(slices)).equalTo(slice));
  }

  /** Small files make few partitions, and one partition keeps one core busy. */
  private Dataset<Row> spread(Dataset<Row> rows) {
    int wanted = plan.partitions() > 0 ? plan.partitions() : slots();
    boolean enough = plan.partitions() == 0 && rows.rdd().getNumPartitions() >= wanted;
    return enough ? rows : rows.repartition(wanted);
  }

  private int slots() {
    return spark.sparkContext().defaultParallelism();
  }

  private Set<String> committed() {
    Set<String> done = new HashSet<>();
    if (plan.output().exists(spark)) {
      plan.output()
          .delta(spark)
          .history()
          .select("userMetadata")
          .filter(col("userMetadata").isNotNull())
          .toLocalIterator()
          .forEachRemaining(row -> done.add(row.getString(0)));
    }
    return done;
  }

  static int slicesFor(long rows) {
    long wanted = (rows + ROWS_PER_SLICE - 1) / ROWS_PER_SLICE;
    return (int) Math.max(1, Math.min(wanted, MOST_SLICES));
  }

  private static String transaction(String runId, int slice, int slices) {
    return runId + "/" + slice + "-of-" + slices;
  }
}
