package org.smartbert.model;

import java.nio.file.Files;
import java.nio.file.Path;

/** The test material beside the project: golden outputs, data sets, a backbone. */
public final class SharedFiles {
  private SharedFiles() {}

  /** A file or folder of the shared material; a test that needs it fails without it. */
  public static Path require(String relative) {
    Path path = Path.of(System.getProperty("smartbert.shared", "../shared")).resolve(relative);
    if (!Files.exists(path)) {
      throw new AssertionError(
          "This test needs the shared material and did not find "
              + path.toAbsolutePath().normalize()
              + "; say where it lies with -Dsmartbert.shared=FOLDER, or leave the test out with"
              + " -Dtest.groups.excluded=slow,shared");
    }
    return path;
  }
}
