package org.smartbert.bench.rivals;

import java.time.Instant;

/**
 * What is the same for all rivals of a comparison.
 *
 * @param files the training and test files
 * @param testRows rows that accuracy is measured on
 * @param machine where it was timed, and on how many rows
 * @param pricePerCoreHour in any currency
 */
record Conditions(
    Instant measuredAt, Files files, long testRows, Machine machine, double pricePerCoreHour) {
  /** The files that were given. */
  record Files(String train, String test) {}

  /**
   * The machine.
   *
   * @param master Spark's
   * @param cores task slots, all of which are paid for
   * @param timedRows rows of a timed pass
   * @param rounds timed passes of each rival
   */
  record Machine(String master, int cores, long timedRows, int rounds) {}

  /** What a rival cost by its median round. */
  Cost cost(Outcome.Measured measured) {
    return new Cost(machine.timedRows(), measured.times().median(), machine.cores());
  }
}
