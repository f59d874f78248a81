package org.smartbert.jobs.cli.console;

import java.io.PrintStream;
import java.util.Locale;
import org.smartbert.jobs.actions.run.Progress;

/**
 * Progress of long work on standard error: one line that is redrawn on a terminal, a new line every
 * few seconds elsewhere.
 */
public final class ProgressLine implements Progress {
  private static final int WIDTH = 24;
  private static final long PLAIN_INTERVAL_NANOS = 5_000_000_000L;

  /** Of a task whose length is not known, and which may be long. */
  private static final long SELDOM_NANOS = 60_000_000_000L;

  private final PrintStream out;
  private final boolean terminal;
  private final String what;
  private final RemainingTime remaining = new RemainingTime();
  private long lastPlain = System.nanoTime();
  private boolean drawn;

  /** The newest state, where it came too soon after another to be printed. */
  private String pending;

  /** Of work that waits, nothing is new. */
  private String printed = "";

  @SuppressWarnings("SystemConsoleNull") // Java 17 it is, where null means no terminal.
  public ProgressLine(String what) {
    this.out = System.err;
    this.terminal = System.console() != null;
    this.what = what;
  }

  @Override
  public synchronized void show(long done, long total, String detail) {
    if (total == UNKNOWN) {
      print(what + " " + detail, "", SELDOM_NANOS);
      return;
    }
    String left = remaining.after(done, total, System.nanoTime());
    double share = total == 0 ? 1 : Math.min(1.0, (double) done / total);
    String line =
        String.format(Locale.ROOT, "%s %3.0f %%  %s  ETA %s", what, 100 * share, detail, left);
    int filled = (int) Math.round(share * WIDTH);
    String bar = "[" + "#".repeat(filled) + ".".repeat(WIDTH - filled) + "] ";
    print(line, bar, PLAIN_INTERVAL_NANOS);
  }

  private void print(String line, String bar, long interval) {
    if (line.equals(printed)) {
      return;
    }
    if (terminal) {
      printed = line;
      out.print("\r" + bar + line + "\033[K");
      out.flush();
      drawn = true;
    } else if (System.nanoTime() - lastPlain >= interval) {
      lastPlain = System.nanoTime();
      pending = null;
      printed = line;
      out.println(line);
    } else {
      pending = line;
    }
  }

  @Override
  public synchronized void note(String line) {
    out.println((terminal ? "\r\033[K" : "") + line);
  }

  @Override
  public synchronized void close() {
    if (pending != null) {
      out.println(pending);
      pending = null;
    }
    if (drawn) {
      out.print("\r\033[K");
      out.flush();
    }
  }
}
