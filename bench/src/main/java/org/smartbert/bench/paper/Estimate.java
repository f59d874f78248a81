package org.smartbert.bench.paper;

import java.util.Locale;

/** How long work will take, by the speed of the work that was done, in any unit. */
final class Estimate {
  private static final int MINUTE = 60;
  private static final int HOUR = 3600;

  private double units;
  private double seconds;

  void add(double doneUnits, double tookSeconds) {
    units += doneUnits;
    seconds += tookSeconds;
  }

  /** The time for {@code more} units; a question mark before anything was done. */
  String of(double more) {
    return units > 0 ? text(seconds * more / units) : "?";
  }

  /** Such as {@code 42 s}, {@code 3:05 min} or {@code 1:20 h}. */
  static String text(double seconds) {
    long s = Math.round(seconds);
    if (s < MINUTE) {
      return s + " s";
    }
    return s < HOUR
        ? String.format(Locale.ROOT, "%d:%02d min", s / MINUTE, s % MINUTE)
        : String.format(Locale.ROOT, "%d:%02d h", s / HOUR, s % HOUR / MINUTE);
  }
}
