package org.smartbert.jobs.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.smartbert.model.InvalidInputException;

/**
 * The encoding in which Java read the command line and reads the names of files: the locale's,
 * which cannot be changed after the JVM's start.
 */
final class CommandLineEncoding {
  private static final String PROPERTY = "sun.jnu.encoding";

  private CommandLineEncoding() {}

  /**
   * Refuses arguments with characters that Java could not decode and has replaced by question
   * marks.
   *
   * @throws InvalidInputException with the remedy
   */
  static void requireReadable() {
    requireReadable(System.getProperty(PROPERTY, ""), commandLine());
  }

  static void requireReadable(String encoding, byte[] commandLine) {
    if (!encoding.equalsIgnoreCase("ANSI_X3.4-1968") && !encoding.equalsIgnoreCase("US-ASCII")) {
      return;
    }
    for (byte b : commandLine) {
      if (b < 0) {
        throw new InvalidInputException(
            "The command line has non-ASCII characters, and the JVM was started in a locale that"
                + " loses them; set LC_ALL=C.UTF-8 before spark-submit, and"
                + " spark.yarn.appMasterEnv.LC_ALL or spark.kubernetes.driverEnv.LC_ALL in cluster"
                + " mode (bin/smartbert does).");
      }
    }
  }

  /** This process's command line as the system has it; empty where there is no /proc. */
  private static byte[] commandLine() {
    try {
      return Files.readAllBytes(Path.of("/proc/self/cmdline"));
    } catch (IOException e) {
      // Not Linux: there the JVM's encoding of names does not depend on the locale.
      return new byte[0];
    }
  }
}
