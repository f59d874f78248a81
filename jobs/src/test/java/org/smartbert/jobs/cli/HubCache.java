package org.smartbert.jobs.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.smartbert.backbones.hub.LocalHub;

/** The hub's local cache in this JVM's HF_HOME, as transformers leaves it. */
final class HubCache {
  private HubCache() {}

  private static Path repository(String name) {
    return Path.of(System.getenv("HF_HOME"), "hub", "models--" + name.replace("/", "--"));
  }

  /** The directory of a repository's only revision. */
  static Path snapshot(String repository) {
    return repository(repository).resolve("snapshots").resolve(LocalHub.COMMIT);
  }

  /** Puts a model there, unless an earlier run did. */
  static void write(String repository, Consumer<Path> model) throws IOException {
    if (Files.exists(snapshot(repository))) {
      return;
    }
    model.accept(snapshot(repository));
    Path main = repository(repository).resolve("refs/main");
    Files.createDirectories(main.getParent());
    Files.writeString(main, LocalHub.COMMIT);
  }
}
