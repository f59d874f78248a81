package org.smartbert.bench.rivals;

/**
 * What scoring costs.
 *
 * @param rows that were scored
 * @param seconds that it took
 * @param cores that were paid for meanwhile, busy or not
 */
record Cost(long rows, double seconds, int cores) {
  private static final double SECONDS_PER_HOUR = 3600;
  private static final double MILLION = 1e6;

  double rowsPerSecond() {
    return rows / seconds;
  }

  /** Core-hours per million rows. */
  double coreHours() {
    return seconds * cores / SECONDS_PER_HOUR / rows * MILLION;
  }

  /** Money per million rows, in the currency of the price. */
  double money(double pricePerCoreHour) {
    return coreHours() * pricePerCoreHour;
  }
}
