package org.smartbert.bench.paper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.fs.FileUtil;
import org.smartbert.model.InvalidInputException;

/** Folders below the work folder. */
final class Folders {
  private Folders() {}

  /** Deletes a folder and what it holds, if it is there. */
  static void delete(Path folder) {
    if (Files.exists(folder) && !FileUtil.fullyDelete(folder.toFile())) {
      throw new UncheckedIOException(new IOException("The folder " + folder + " was not removed"));
    }
  }

  static void create(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new InvalidInputException(
          e, "The folder %s cannot be made (%s); give another --work.", folder, e);
    }
  }
}
