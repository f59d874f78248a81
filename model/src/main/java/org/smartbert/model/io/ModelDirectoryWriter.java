package org.smartbert.model.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.ConfigJson;

/**
 * Writes a model directory whole or not at all: under a temporary name that is renamed at the end.
 * Its mode is the one that a directory made by the user has, so that executors of other users may
 * read it.
 */
record ModelDirectoryWriter(
    BertConfig config,
    Collection<HostTensor> weights,
    Set<String> int8,
    Path tokenizerSource,
    Map<String, String> extras) {

  void write(Path directory, List<String> tokenizerFiles) throws IOException {
    Path target = directory.toAbsolutePath();
    Files.createDirectories(target.getParent());
    // A temporary directory of the JDK would be its owner's alone, after the renaming too.
    Path temporary =
        Files.createDirectory(target.resolveSibling(".smartbert-" + UUID.randomUUID()));
    try {
      for (String name : tokenizerFiles) {
        if (Files.exists(tokenizerSource.resolve(name))) {
          // A copied file would have the source's mode.
          Files.write(temporary.resolve(name), Files.readAllBytes(tokenizerSource.resolve(name)));
        }
      }
      Files.writeString(temporary.resolve("config.json"), ConfigJson.toJson(config));
      for (Map.Entry<String, String> extra : extras.entrySet()) {
        Files.writeString(temporary.resolve(extra.getKey()), extra.getValue());
      }
      Safetensors.write(temporary.resolve(WeightsFile.NAME), weights, int8);
      Files.deleteIfExists(target);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      deleteIfThere(temporary);
    }
  }

  private static void deleteIfThere(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : entries.toList()) {
        Files.delete(entry);
      }
    }
    Files.delete(directory);
  }
}
