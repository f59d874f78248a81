package org.smartbert.bench.paper;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Properties;

/**
 * What is known of a trained model, in a file beside its directory: a command that is killed
 * between training and evaluation finds it again.
 *
 * @param rows trained on
 * @param seconds of training
 * @param validation accuracy in percent of the best epoch of stage 1
 */
record ModelRecord(long rows, double seconds, double validation) {
  /** The record of a model; empty where there is no whole model or no record. */
  static Optional<ModelRecord> of(Path model) {
    Path file = file(model);
    if (!Files.isDirectory(model) || !Files.exists(file)) {
      return Optional.empty();
    }
    Properties values = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      values.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException("The record " + file + " could not be read", e);
    }
    return Optional.of(
        new ModelRecord(
            Long.parseLong(values.getProperty("rows")),
            Double.parseDouble(values.getProperty("seconds")),
            Double.parseDouble(values.getProperty("validation"))));
  }

  /** Writes the record, whole or not at all. */
  void write(Path model) {
    Properties values = new Properties();
    values.setProperty("rows", Long.toString(rows));
    values.setProperty("seconds", Double.toString(seconds));
    values.setProperty("validation", Double.toString(validation));
    Path file = file(model);
    Path writing = file.resolveSibling(file.getFileName() + ".writing");
    try {
      try (Writer writer = Files.newBufferedWriter(writing)) {
        values.store(writer, null);
      }
      Files.move(writing, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("The record " + file + " could not be written", e);
    }
  }

  static void delete(Path model) {
    try {
      Files.deleteIfExists(file(model));
    } catch (IOException e) {
      throw new UncheckedIOException("The record of " + model + " could not be removed", e);
    }
  }

  private static Path file(Path model) {
    return model.resolveSibling(model.getFileName() + ".properties");
  }
}
