package org.smartbert.jobs.actions.scoring;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.smartbert.udfs.AdaptiveScoring;
import org.smartbert.udfs.ScoringCounters;
import org.smartbert.udfs.ScoringRequest;
import org.smartbert.udfs.TextColumns;

/**
 * The rows of an input as a run scores and writes them.
 *
 * @param slots tasks that run at once
 */
public record SliceRows(ScoringPlan plan, Dataset<Row> input, int slots) {

  /**
   * The columns of the output.
   *
   * @throws org.smartbert.model.InvalidInputException for columns that are missing or do not fit
   */
  public StructType written() {
    texts();
    return plan.destination().schema().after(kept().schema());
  }

  /** The scored rows of a slice. */
  public Dataset<Row> scored(
      int slice, int slices, ScoringRequest request, ScoringCounters counters) {
    return scored(spread(forScoring(slice(slice, slices))), request, counters);
  }

  /** Rows of {@link #forScoring()}, scored, with the columns of the output. */
  Dataset<Row> scored(Dataset<Row> rows, ScoringRequest request, ScoringCounters counters) {
    Dataset<Row> scored = AdaptiveScoring.score(rows, request, counters);
    if (plan.destination().keep().isEmpty()) {
      return scored;
    }
    List<String> names = new ArrayList<>(List.of(kept().schema().fieldNames()));
    plan.destination().schema().columns().forEach(column -> names.add(column.name()));
    return select(scored, names);
  }

  /** The columns that go to the output. */
  private Dataset<Row> kept() {
    if (plan.destination().keep().isEmpty()) {
      return input.drop(TextColumns.MALFORMED);
    }
    StructType schema = input.schema();
    return select(
        input,
        plan.destination().keep().stream()
            .map(name -> schema.fieldNames()[TextColumns.indexOf(schema, name, "--keep")])
            .toList());
  }

  /** The columns that are classified. */
  List<Column> texts() {
    StructType schema = input.schema();
    List<Column> texts = new ArrayList<>();
    texts.add(TextColumns.text(schema, plan.texts().textColumn(), "--text-column"));
    if (plan.texts().pairColumn().orElse(null) != null) {
      texts.add(TextColumns.text(schema, plan.texts().pairColumn().orElse(null), "--pair-column"));
    }
    return texts;
  }

  /** The input's rows with the columns that a slice reads. */
  Dataset<Row> forScoring() {
    return forScoring(input);
  }

  /** The columns that are kept and the texts, so that no other column travels; empty for all. */
  public List<String> needed() {
    if (plan.destination().keep().isEmpty()) {
      return List.of();
    }
    Set<String> names = new LinkedHashSet<>(List.of(kept().schema().fieldNames()));
    StructType schema = input.schema();
    names.add(TextColumns.owner(schema, plan.texts().textColumn(), "--text-column"));
    if (plan.texts().pairColumn().orElse(null) != null) {
      names.add(TextColumns.owner(schema, plan.texts().pairColumn().orElse(null), "--pair-column"));
    }
    if (List.of(input.columns()).contains(TextColumns.MALFORMED)) {
      names.add(TextColumns.MALFORMED);
    }
    return List.copyOf(names);
  }

  private Dataset<Row> forScoring(Dataset<Row> rows) {
    List<String> names = needed();
    return names.isEmpty() ? rows : select(rows, names);
  }

  private Dataset<Row> slice(int slice, int slices) {
    if (slices == 1) {
      return input;
    }
    Column hash = xxhash64(texts().toArray(Column[]::new));
    return input.filter(pmod(hash, lit(slices)).equalTo(slice));
  }

  private Dataset<Row> spread(Dataset<Row> rows) {
    OptionalInt tasks = shuffledTo(rows);
    return tasks.isPresent() ? rows.repartition(tasks.getAsInt()) : rows;
  }

  /** The number of tasks that a slice's rows are shuffled to; empty where they are not. */
  OptionalInt shuffledTo() {
    return shuffledTo(input);
  }

  /** Small files make few partitions, and one partition keeps one core busy. */
  private OptionalInt shuffledTo(Dataset<Row> rows) {
    int wanted = plan.tasks().partitions() > 0 ? plan.tasks().partitions() : slots;
    boolean enough = plan.tasks().partitions() == 0 && rows.rdd().getNumPartitions() >= wanted;
    return enough ? OptionalInt.empty() : OptionalInt.of(wanted);
  }

  private static Dataset<Row> select(Dataset<Row> rows, List<String> names) {
    return rows.select(names.stream().map(TextColumns::column).toArray(Column[]::new));
  }
}
