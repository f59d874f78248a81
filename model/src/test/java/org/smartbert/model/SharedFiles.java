package org.smartbert.model;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.opentest4j.TestAbortedException;

/** The test material next to the project: golden outputs, data sets, a backbone. */
public final class SharedFiles {
  private SharedFiles() {}

  /**
   * A file or folder of the shared material. Where there is none of it, the test is counted as
   * skipped and says so on standard error; where it lacks the file, the test fails.
   */
  public static Path require(String relative) {
    Path root = Path.of(System.getProperty("smartbert.shared", "../shared"));
    Path path = root.resolve(relative);
    if (Files.exists(path)) {
      return path;
    }
    String where = path.toAbsolutePath().normalize().toString();
    if (Files.isDirectory(root)) {
      throw new AssertionError("The shared material lacks " + where);
    }
    String banner =
        "NOT TESTED: the agreement with the authors' program, because there is no shared material;"
            + " this test wanted "
            + where
            + ". Set its location with -Dsmartbert.shared=FOLDER.";
    PrintStream err = System.err;
    err.println("\n***** " + banner + " *****\n");
    throw new TestAbortedException(banner);
  }
}
