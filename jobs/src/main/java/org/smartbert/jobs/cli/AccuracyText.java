package org.smartbert.jobs.cli;

import java.util.Locale;
import org.smartbert.jobs.actions.evaluation.Scores;

/** An accuracy with its interval, in percent. */
final class AccuracyText {
  private AccuracyText() {}

  static String of(Scores scores) {
    return String.format(
        Locale.ROOT,
        "%.1f %% (%.1f to %.1f)",
        100 * scores.value(),
        100 * scores.low(),
        100 * scores.high());
  }
}
