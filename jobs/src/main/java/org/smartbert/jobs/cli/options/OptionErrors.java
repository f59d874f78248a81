package org.smartbert.jobs.cli.options;

import java.util.ArrayList;
import java.util.List;
import org.smartbert.model.InvalidInputException;

/** What is wrong with the values of options, so that all of it is told at once. */
final class OptionErrors {
  private final List<String> errors = new ArrayList<>();

  /** A sentence without its full stop. */
  void add(String error) {
    errors.add(error);
  }

  void positive(String option, double value) {
    if (!(value > 0)) {
      errors.add(option + " is " + value + " and must be above 0");
    }
  }

  void atLeastZero(String option, double value) {
    if (!(value >= 0)) {
      errors.add(option + " is " + value + " and must not be negative");
    }
  }

  /**
   * Ends the checks.
   *
   * @throws InvalidInputException if anything is wrong
   */
  void refuse() {
    if (!errors.isEmpty()) {
      throw new InvalidInputException("%s.", String.join("; ", errors));
    }
  }
}
