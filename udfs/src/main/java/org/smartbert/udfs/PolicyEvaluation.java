package org.smartbert.udfs;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.Decisions;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.inference.Replay;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.text.EncodedText;

/**
 * How labelled rows fare under several exit policies, by one pass over the network: every
 * classifier is evaluated, and each policy is decided from the recorded entropies.
 */
public final class PolicyEvaluation {
  private static final StructType CELLS =
      StructType.fromDDL(
          "policy INT, actual INT, predicted INT, rows BIGINT, layers BIGINT, flops BIGINT,"
              + " flops_full BIGINT, paper_flops BIGINT");

  private PolicyEvaluation() {}

  /**
   * Sums by policy, true label and predicted label, of each partition: to be added up. Columns:
   * policy (index), actual, predicted (class indices), rows, layers (executed), flops, flops_full,
   * paper_flops.
   *
   * @param labelled columns first (text), second (text or null), label (class index)
   */
  public static Dataset<Row> cells(
      Dataset<Row> labelled, ModelReference model, Gates gates, List<ExitPolicy> policies) {
    List<ExitPolicy> copied = new ArrayList<>(policies);
    MapPartitionsFunction<Row, Row> evaluate = rows -> evaluate(rows, model, gates, copied);
    return labelled.mapPartitions(evaluate, Encoders.row(CELLS));
  }

  /** A row that the engine holds. */
  private record Waiting(int actual, int tokens) {}

  private record Key(int policy, int actual, int predicted) {}

  private static Iterator<Row> evaluate(
      Iterator<Row> rows, ModelReference reference, Gates gates, List<ExitPolicy> policies) {
    try (LeasedCache.Lease<SmartBertModel> lease = ExecutorModels.ofTask(reference)) {
      return evaluate(rows, reference, lease.value(), gates, policies);
    }
  }

  private static Iterator<Row> evaluate(
      Iterator<Row> rows,
      ModelReference reference,
      SmartBertModel model,
      Gates gates,
      List<ExitPolicy> policies) {
    Replay replay = new Replay(model.config(), gates);
    Map<Key, long[]> cells = new LinkedHashMap<>();
    ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    Iterator<EncodedText> encoded =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return rows.hasNext();
          }

          @Override
          public EncodedText next() {
            Row row = rows.next();
            EncodedText text = model.encoder().encode(row.getString(0), row.getString(1));
            waiting.add(new Waiting(row.getInt(2), text.tokens()));
            return text;
          }
        };
    InferenceSettings settings = InferenceSettings.of(new ExitPolicy.EvaluateAll(), gates);
    try (Decisions decisions = model.classifier(settings).classify(encoded)) {
      while (decisions.hasNext()) {
        Decision decision = reference.requireNumbers(decisions.next());
        Waiting row = waiting.poll();
        for (int p = 0; p < policies.size(); p++) {
          Replay.Outcome outcome = replay.under(policies.get(p), decision, row.tokens());
          long[] sums =
              cells.computeIfAbsent(new Key(p, row.actual(), outcome.label()), k -> new long[5]);
          sums[0]++;
          sums[1] += outcome.layersExecuted();
          sums[2] += outcome.flops();
          sums[3] += decision.flopsFull();
          sums[4] += outcome.paperFlops();
        }
      }
    }
    return cells.entrySet().stream()
        .map(
            cell ->
                RowFactory.create(
                    cell.getKey().policy(),
                    cell.getKey().actual(),
                    cell.getKey().predicted(),
                    cell.getValue()[0],
                    cell.getValue()[1],
                    cell.getValue()[2],
                    cell.getValue()[3],
                    cell.getValue()[4]))
        .iterator();
  }
}
