package org.smartbert.udfs;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.Decisions;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.inference.Replay;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.text.EncodedText;

/**
 * One partition of {@link PolicyLosses}, in input order. Where the reference has no gates, the
 * engine without gates pulls the texts of the rows that the engine with gates has answered; what
 * waits between the two is bounded by the tokens that each keeps in flight.
 */
final class LossIterator implements Iterator<Row> {
  private final Iterator<Row> input;
  private final ModelReference reference;
  private final PolicyLosses.Comparison comparison;
  private final SmartBertModel model;
  private final Replay replay;
  private final ArrayDeque<Waiting> read = new ArrayDeque<>();
  private final ArrayDeque<Answered> answered = new ArrayDeque<>();
  private final Decisions all;
  private final Decisions withoutGates;

  private record Waiting(Row row, EncodedText text) {}

  private record Answered(Waiting waiting, Decision decision) {}

  LossIterator(Iterator<Row> input, ModelReference reference, PolicyLosses.Comparison comparison) {
    this.input = input;
    this.reference = reference;
    this.comparison = comparison;
    LeasedCache.Lease<SmartBertModel> lease = ExecutorModels.ofTask(reference);
    atEnd(task -> lease.close());
    this.model = lease.value();
    this.replay = new Replay(model.config(), comparison.gates());
    this.all = decisions(new ExitPolicy.EvaluateAll(), comparison.gates(), new Texts());
    this.withoutGates =
        comparison.comparesWithoutGates()
            ? decisions(new ExitPolicy.Never(), Gates.OFF, new AnsweredTexts())
            : null;
  }

  /** Spark calls the latest listener first. */
  private static void atEnd(TaskCompletionListener listener) {
    TaskContext.get().addTaskCompletionListener(listener);
  }

  private Decisions decisions(ExitPolicy exit, Gates gates, Iterator<EncodedText> texts) {
    Decisions decisions = model.classifier(InferenceSettings.of(exit, gates)).classify(texts);
    atEnd(task -> decisions.close());
    return decisions;
  }

  @Override
  public boolean hasNext() {
    return withoutGates == null ? all.hasNext() : withoutGates.hasNext();
  }

  @Override
  public Row next() {
    if (withoutGates == null) {
      Answered row = answer();
      return recorded(row, last(row.decision()));
    }
    Decision full = reference.requireNumbers(withoutGates.next());
    return recorded(answered.poll(), full.label());
  }

  /** The label of the row if it does not exit. */
  private static int last(Decision decision) {
    return decision.answers().get(decision.answers().size() - 1).label();
  }

  private Answered answer() {
    Decision decision = reference.requireNumbers(all.next());
    return new Answered(read.poll(), decision);
  }

  private Row recorded(Answered answered, int label) {
    Row row = answered.waiting().row();
    List<ExitPolicy> policies = comparison.policies();
    byte[] losses = new byte[policies.size()];
    long[] flops = new long[policies.size()];
    for (int p = 0; p < losses.length; p++) {
      Replay.Outcome outcome =
          replay.under(policies.get(p), answered.decision(), answered.waiting().text().tokens());
      losses[p] = (byte) comparison.risk().loss(outcome.label(), label, row.getInt(2));
      flops[p] = outcome.flops();
    }
    return RowFactory.create(row.getLong(3), losses, flops, answered.decision().flopsFull());
  }

  /** The input's texts. */
  private final class Texts implements Iterator<EncodedText> {
    @Override
    public boolean hasNext() {
      return input.hasNext();
    }

    @Override
    public EncodedText next() {
      Row row = input.next();
      EncodedText text = model.encoder().encode(row.getString(0), row.getString(1));
      read.add(new Waiting(row, text));
      return text;
    }
  }

  /** The texts of rows that were answered with gates. */
  private final class AnsweredTexts implements Iterator<EncodedText> {
    @Override
    public boolean hasNext() {
      return all.hasNext();
    }

    @Override
    public EncodedText next() {
      Answered next = answer();
      answered.add(next);
      return next.waiting().text();
    }
  }
}
