package org.smartbert.bench.paper;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.bert.Method;

/** A system that is measured: those of the paper's table 1, and SmartBERT without its gates. */
enum Arm {
  BERT("BERT", Method.BERT),
  DISTILBERT("DistilBERT", Method.DISTILBERT),
  DEEBERT("DeeBERT", Method.DEEBERT),
  FASTBERT("FastBERT", Method.FASTBERT),
  SMARTBERT("SmartBERT", Method.SMARTBERT),
  SMARTBERT_GATES_OFF("SmartBERT without gates", Method.SMARTBERT);

  private final String title;
  private final Method method;

  Arm(String title, Method method) {
    this.title = title;
    this.method = method;
  }

  /** As the command line and the results write it, for example {@code smartbert-gates-off}. */
  String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** As tables write it. */
  String title() {
    return title;
  }

  Method.Mechanism mechanism() {
    return this == SMARTBERT_GATES_OFF
        ? new Method.Mechanism(method, false, true)
        : method.mechanism();
  }

  /** All ids, in the order of table 1. */
  static List<String> ids() {
    return Arrays.stream(values()).map(Arm::id).toList();
  }

  /**
   * The system with an id.
   *
   * @throws InvalidInputException for any other text
   */
  static Arm of(String id) {
    return Arrays.stream(values())
        .filter(arm -> arm.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "The method %s is unknown; there are: %s.",
                    id, ids().stream().collect(Collectors.joining(", "))));
  }
}
