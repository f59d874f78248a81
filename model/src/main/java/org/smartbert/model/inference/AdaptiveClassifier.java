package org.smartbert.model.inference;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.smartbert.model.text.EncodedText;

/**
 * Skip-and-exit inference over many rows (section 3.4): rows that skip a layer are not computed in
 * it, rows that exit leave the batch, and nothing is padded but attention between rows of like
 * length. A row's decision is the one {@code ReferenceClassifier} gives, whatever the rows batched
 * with it. Made by a loaded model.
 */
public final class AdaptiveClassifier {
  private final Network network;
  private final InferenceSettings settings;

  AdaptiveClassifier(Network network, InferenceSettings settings) {
    this.network = network;
    this.settings = settings;
  }

  /**
   * Decides the rows lazily, in input order; pulls ahead until {@link
   * InferenceSettings#tokensInFlight} at most. For use by one thread.
   */
  public Decisions classify(Iterator<EncodedText> rows) {
    return new Decisions(network, settings, rows);
  }

  /** Decides all the given rows. */
  public List<Decision> decide(List<EncodedText> rows) {
    List<Decision> decided = new ArrayList<>(rows.size());
    try (Decisions decisions = classify(rows.iterator())) {
      decisions.forEachRemaining(decided::add);
    }
    return decided;
  }
}
