package org.smartbert.bench.rivals;

import java.util.Optional;
import org.smartbert.model.bert.Method;

/** The trained models that networks of the comparison are made of. */
enum NetworkModel {
  /** The backbone at full depth, by whose accuracy the others' thresholds are chosen. */
  BERT("bert", Method.BERT),
  /** A smaller backbone at full depth. */
  MINILM("minilm", Method.BERT),
  /** Half the layers of {@link #BERT}, which teaches it. */
  DISTILBERT("distilbert", Method.DISTILBERT),
  DEEBERT("deebert", Method.DEEBERT),
  FASTBERT("fastbert", Method.FASTBERT),
  SMARTBERT("smartbert", Method.SMARTBERT),
  /** {@link #BERT} with exits that {@code convert} added. */
  CONVERTED("smartbert-converted", null);

  private final String folder;
  private final Method method;

  NetworkModel(String folder, Method method) {
    this.folder = folder;
    this.method = method;
  }

  /** The folder below that of all models. */
  String folder() {
    return folder;
  }

  /** The method of {@code train}; empty for a model that {@code convert} makes. */
  Optional<Method> method() {
    return Optional.ofNullable(method);
  }
}
