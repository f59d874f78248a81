package org.smartbert.bench.rivals;

import org.smartbert.jobs.actions.evaluation.Scores;

/** What became of a rival. */
sealed interface Outcome {
  String rival();

  /**
   * It was judged and timed.
   *
   * @param detail what was chosen
   * @param accuracy on the test rows, with its 95 % interval
   * @param notScored test rows without an answer, which count as wrong
   */
  record Measured(String rival, String detail, Scores accuracy, long notScored, Rounds.Times times)
      implements Outcome {}

  /**
   * It failed.
   *
   * @param error a sentence, or the name and message of the exception
   */
  record Failed(String rival, String error) implements Outcome {}
}
