package org.smartbert.udfs;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.smartbert.model.inference.AdaptiveClassifier;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.text.EncodedText;

/**
 * One partition on its way through the scorer, a window of rows at a time and in input order.
 * Memory is bounded by the window whatever the partition's size.
 */
final class ScoringIterator implements Iterator<Row> {
  /** Rows of a window at most, however short they are. */
  private static final int WINDOW_ROWS = 2048;

  private final Iterator<Row> input;
  private final int text;
  private final int pair;
  private final ScoringRequest request;
  private final ScoringCounters counters;
  private final SmartBertModel model;
  private final AdaptiveClassifier classifier;
  private final InferenceSettings settings;
  private final ArrayDeque<Row> ready = new ArrayDeque<>();

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
    this.settings = request.inference();
    this.classifier = model.classifier(settings);
  }

  @Override
  public boolean hasNext() {
    if (ready.isEmpty() && input.hasNext()) {
      scoreWindow();
    }
    return !ready.isEmpty();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.poll();
  }

  private void scoreWindow() {
    List<Row> rows = new ArrayList<>();
    List<EncodedText> texts = new ArrayList<>();
    int tokens = 0;
    while (input.hasNext() && rows.size() < WINDOW_ROWS && tokens < settings.windowTokens()) {
      Row row = input.next();
      EncodedText encoded = missing(row) == null ? encode(row) : null;
      rows.add(row);
      texts.add(encoded);
      tokens += encoded == null ? 0 : encoded.tokens();
    }
    Iterator<Decision> decisions =
        classifier.decide(texts.stream().filter(t -> t != null).toList()).iterator();
    Timestamp now = Timestamp.from(Instant.now());
    for (int i = 0; i < rows.size(); i++) {
      Decision decision = texts.get(i) == null ? null : decisions.next();
      ready.add(output(rows.get(i), texts.get(i), decision, now));
      count(decision);
    }
  }

  private EncodedText encode(Row row) {
    return pair < 0 || row.isNullAt(pair)
        ? model.encoder().encode(row.getString(text))
        : model.encoder().encode(row.getString(text), row.getString(pair));
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
