package org.smartbert.jobs.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Lets a statement of SQL last until a test makes a file, by java_method. */
public final class AwaitedFile {
  private AwaitedFile() {}

  /** Waits for the file, three minutes at most; says whether it came. */
  public static String await(String file) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    while (!Files.exists(Path.of(file)) && System.nanoTime() < end) {
      Thread.sleep(50);
    }
    return Files.exists(Path.of(file)) ? "there" : "missing";
  }
}
