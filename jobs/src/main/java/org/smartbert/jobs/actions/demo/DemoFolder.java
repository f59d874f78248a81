package org.smartbert.jobs.actions.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileUtil;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.model.InvalidInputException;

/** The folder of a demo: whatever form it has, model and predictions have the same places. */
record DemoFolder(Path path) {
  private static final String MARK = ".smartbert-demo";

  DemoFolder {
    path = path.toAbsolutePath().normalize();
  }

  Path model() {
    return path.resolve("model");
  }

  Path predictions() {
    return tables().resolve("predictions");
  }

  Path tables() {
    return path.resolve("tables");
  }

  /** The same context with the demo's own tables. */
  JobContext context(JobContext outer) {
    return new JobContext(outer.spark(), tables().toString(), outer.progress());
  }

  /**
   * Removes what an earlier demo left.
   *
   * @throws InvalidInputException if the folder holds something that is not a demo's
   */
  void clear() {
    try {
      if (Files.exists(path) && !Files.exists(path.resolve(MARK)) && holdsSomething()) {
        throw new InvalidInputException(
            "The folder %s is not empty and was not created by demo; give another --folder.", path);
      }
      Files.createDirectories(path);
      try (Stream<Path> entries = Files.list(path)) {
        for (Path entry : entries.filter(entry -> !entry.endsWith(MARK)).toList()) {
          if (!FileUtil.fullyDelete(entry.toFile())) {
            throw new InvalidInputException(
                "%s of an earlier demo cannot be removed; remove it, or give another --folder.",
                entry);
          }
        }
      }
      if (!Files.exists(path.resolve(MARK))) {
        Files.createFile(path.resolve(MARK));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The folder " + path + " could not be prepared", e);
    }
  }

  private boolean holdsSomething() throws IOException {
    try (Stream<Path> entries = Files.list(path)) {
      return entries.findAny().isPresent();
    }
  }
}
