package org.smartbert.jobs.cli.console;

import java.util.Locale;

/** Core-hours for people: two or three digits that say something. */
public final class CoreHoursText {
  private CoreHoursText() {}

  /** Such as {@code 0.0021}, {@code 0.37} or {@code 1,204}. */
  public static String of(double coreHours) {
    String format = coreHours < 0.1 ? "%.4f" : coreHours < 100 ? "%.2f" : "%,.0f";
    return String.format(Locale.ROOT, format, coreHours);
  }
}
