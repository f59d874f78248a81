package org.smartbert.udfs;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.BiFunction;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.Decisions;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.text.EncodedText;

/**
 * One partition on its way through the scorer, in input order. Rows wait here while the engine
 * holds their tokens, so memory is bounded by the engine's tokens in flight whatever the
 * partition's size.
 */
final class ScoringIterator implements Iterator<Row> {
  /** Rows without a text cost the engine nothing and are bounded by number. */
  private static final int MAX_WAITING = 1 << 16;

  private final Iterator<Row> input;
  private final Places places;
  private final ScoringRequest request;
  private final ScoringCounters counters;
  private final BiFunction<Scored, BertConfig, Row> form;
  private final SmartBertModel model;
  private final Decisions decisions;
  private final Texts texts = new Texts();
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  /**
   * A row and the network's answer.
   *
   * @param encoded null, as {@code decision} is, for a row that cannot be scored
   * @param error why it cannot, or null
   */
  record Scored(Row row, EncodedText encoded, Decision decision, String error) {}

  /** A row that was read; its text's encoding, or null where it cannot be scored. */
  private record Waiting(Row row, EncodedText encoded) {}

  /**
   * Where a row holds what the scorer needs.
   *
   * @param text index of the text
   * @param pair index of the second text
   * @param refused index of the reason why a row cannot be scored, null where it can be
   */
  record Places(int text, int pair, int refused) {}

  /**
   * @param form makes the output row
   */
  ScoringIterator(
      Iterator<Row> input,
      Places places,
      ScoringRequest request,
      ScoringCounters counters,
      BiFunction<Scored, BertConfig, Row> form) {
    this.form = form;
    this.input = input;
    this.places = places;
    this.request = request;
    this.counters = counters;
    LeasedCache.Lease<SmartBertModel> lease = ExecutorModels.ofTask(request.model());
    // Spark calls the latest listener first.
    TaskCompletionListener release = task -> lease.close();
    TaskContext.get().addTaskCompletionListener(release);
    this.model = lease.value();
    this.decisions =
        model.classifier(request.inference(model.config().mechanism().method())).classify(texts);
    TaskCompletionListener close = task -> decisions.close();
    TaskContext.get().addTaskCompletionListener(close);
  }

  @Override
  public boolean hasNext() {
    return !waiting.isEmpty() || input.hasNext();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    if (waiting.isEmpty()) {
      texts.readOn();
    }
    Waiting first = waiting.peek();
    Decision decision =
        first.encoded() == null ? null : request.model().requireNumbers(decisions.next());
    waiting.poll();
    count(decision);
    return form.apply(
        new Scored(first.row(), first.encoded(), decision, missing(first.row())), model.config());
  }

  /** Takes a row from the input. */
  private EncodedText read() {
    Row row = input.next();
    EncodedText encoded = missing(row) == null ? encode(row) : null;
    waiting.add(new Waiting(row, encoded));
    return encoded;
  }

  /** What the engine pulls from: the texts of the rows that have one. */
  private final class Texts implements Iterator<EncodedText> {
    private EncodedText ahead;

    @Override
    public boolean hasNext() {
      readOn();
      return ahead != null;
    }

    /** Until a row has a text; the rows before it wait. */
    private void readOn() {
      while (ahead == null && input.hasNext() && waiting.size() < MAX_WAITING) {
        ahead = read();
      }
    }

    @Override
    public EncodedText next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      EncodedText next = ahead;
      ahead = null;
      return next;
    }
  }

  private EncodedText encode(Row row) {
    return model.encoder().encode(row.getString(places.text()), row.getString(places.pair()));
  }

  /** Why a row cannot be scored, or null. */
  private String missing(Row row) {
    if (!row.isNullAt(places.refused())) {
      return row.getString(places.refused());
    }
    if (row.isNullAt(places.text())) {
      return "The column " + request.columns().text() + " is null.";
    }
    return null;
  }

  private void count(Decision decision) {
    counters.rows().add(1);
    if (decision != null) {
      counters.layers().add(decision.layersExecuted());
      counters.flops().add(decision.flops());
      counters.flopsFull().add(decision.flopsFull());
    }
  }
}
