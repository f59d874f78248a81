package org.smartbert.model.inference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.smartbert.model.text.EncodedText;

/**
 * Skip-and-exit inference over many rows (section 3.4): rows that skip a layer are not computed in
 * it, rows that exit leave the batch, rows of like length are computed together, and nothing is
 * padded but attention. A row's decision is the one {@link ReferenceClassifier} gives, whatever the
 * rows beside it. Made by {@link SmartBertModel#classifier}; for use by one thread.
 */
public final class AdaptiveClassifier {
  private final SmartBertModel model;
  private final InferenceSettings settings;

  AdaptiveClassifier(SmartBertModel model, InferenceSettings settings) {
    this.model = model;
    this.settings = settings;
  }

  /**
   * Decides the rows lazily, in input order. Pulls rows ahead only until {@link
   * InferenceSettings#windowTokens} tokens stand there.
   */
  public Iterator<Decision> classify(Iterator<EncodedText> rows) {
    return new Iterator<>() {
      private final ArrayDeque<Decision> ready = new ArrayDeque<>();

      @Override
      public boolean hasNext() {
        if (ready.isEmpty() && rows.hasNext()) {
          ready.addAll(decide(nextWindow(rows)));
        }
        return !ready.isEmpty();
      }

      @Override
      public Decision next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return ready.poll();
      }
    };
  }

  /** Decides all the given rows as one window. */
  public List<Decision> decide(List<EncodedText> rows) {
    return rows.isEmpty() ? List.of() : new Wave(model, settings, rows).run();
  }

  private List<EncodedText> nextWindow(Iterator<EncodedText> rows) {
    List<EncodedText> window = new ArrayList<>();
    int tokens = 0;
    while (rows.hasNext() && tokens < settings.windowTokens()) {
      EncodedText row = rows.next();
      window.add(row);
      tokens += row.tokens();
    }
    return window;
  }
}
