package org.smartbert.jobs.cli.console;

import java.util.Locale;

/** Durations for people. */
public final class DurationText {
  private DurationText() {}

  /** Such as {@code 42 s}, {@code 3:05 min} or {@code 1:20 h}. */
  public static String of(double seconds) {
    long s = Math.round(seconds);
    return s < 60
        ? s + " s"
        : s < 3600
            ? String.format(Locale.ROOT, "%d:%02d min", s / 60, s % 60)
            : String.format(Locale.ROOT, "%d:%02d h", s / 3600, s % 3600 / 60);
  }
}
