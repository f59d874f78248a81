package org.smartbert.udfs;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;
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
  private static final int MOST_WAITING = 1 << 16;

  private final Iterator<Row> input;
  private final int text;
  private final int pair;
  private final ScoringRequest request;
  private final ScoringCounters counters;
  private final SmartBertModel model;
  private final Decisions decisions;
  private final Texts texts = new Texts();
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  /** A row that was read; its text's encoding, or null where it cannot be scored. */
  private record Waiting(Row row, EncodedText encoded) {}

  /**
   * @param text index of the text column
   * @param pair index of the second text column, or -1
   */
  ScoringIterator(
      Iterator<Row> input, int text, int pair, ScoringRequest request, ScoringCounters counters) {
    this.input = input;
    this.text = text;
    this.pair = pair;
    this.request = request;
    this.counters = counters;
    this.model = ExecutorModels.of(request.model());
    SmartBertModel.useThreads(TaskContext.get().cpus());
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
    Decision decision = first.encoded() == null ? null : decisions.next();
    waiting.poll();
    count(decision);
    return output(first.row(), first.encoded(), decision, Timestamp.from(Instant.now()));
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
      while (ahead == null && input.hasNext() && waiting.size() < MOST_WAITING) {
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
    return model.encoder().encode(row.getString(text), pair < 0 ? null : row.getString(pair));
  }

  /** Why a row cannot be scored, or null. */
  private String missing(Row row) {
    if (row.isNullAt(text)) {
      return "The column " + request.textColumn() + " is null.";
    }
    return null;
  }

  private Row output(Row row, EncodedText encoded, Decision decision, Timestamp now) {
    List<Object> values = new ArrayList<>(row.size() + 17);
    for (int i = 0; i < row.size(); i++) {
      values.add(row.get(i));
    }
    boolean scored = decision != null;
    values.add(scored ? model.config().labels().get(decision.label()) : null);
    values.add(scored ? (double) decision.confidence() : null);
    values.add(scored ? boxed(decision.probabilities()) : null);
    values.add(scored ? decision.entropy() : null);
    values.add(scored ? decision.exitLayer() : null);
    values.add(scored ? boxed(decision.skipMask()) : null);
    values.add(scored ? decision.layersExecuted() : null);
    values.add(scored ? encoded.tokens() : null);
    values.add(scored ? encoded.truncated() : null);
    values.add(scored ? decision.flops() : null);
    values.add(scored ? decision.flopsFull() : null);
    values.add(missing(row));
    values.add(request.model().version());
    values.add(request.entropyThreshold());
    values.add(request.runId());
    values.add(now);
    if (request.schema().logits() == PredictionSchema.Logits.KEEP) {
      values.add(scored ? boxed(decision.logits()) : null);
    }
    return RowFactory.create(values.toArray());
  }

  private void count(Decision decision) {
    counters.rows().add(1);
    if (decision != null) {
      counters.layers().add(decision.layersExecuted());
      counters.flops().add(decision.flops());
      counters.flopsFull().add(decision.flopsFull());
    }
  }

  private static Float[] boxed(float[] values) {
    Float[] boxed = new Float[values.length];
    Arrays.setAll(boxed, i -> values[i]);
    return boxed;
  }

  private static Boolean[] boxed(boolean[] values) {
    Boolean[] boxed = new Boolean[values.length];
    Arrays.setAll(boxed, i -> values[i]);
    return boxed;
  }
}
