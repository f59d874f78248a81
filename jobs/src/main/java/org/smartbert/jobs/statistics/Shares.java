package org.smartbert.jobs.statistics;

/** Checks of shares. */
final class Shares {
  private Shares() {}

  static void requireInside(String name, double share) {
    if (!(share > 0 && share < 1)) {
      throw new IllegalArgumentException(name + " is " + share + ", not between 0 and 1");
    }
  }
}
