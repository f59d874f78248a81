package org.smartbert.jobs.actions.samples;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.smartbert.jobs.io.StorageFailure;
import org.smartbert.model.InvalidInputException;

/** A folder on any Hadoop file system that is written under another name, and then renamed. */
record OutputFolder(String location, Configuration hadoop) {
  /**
   * @throws InvalidInputException if there is a file, or a folder that holds something
   */
  void requireFree() {
    Path path = new Path(location);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      if (files.getFileStatus(path).isFile()) {
        throw new InvalidInputException(
            "The output %s is a file; give another --output, or remove it.", location);
      }
      if (files.listStatus(path).length > 0) {
        throw new InvalidInputException(
            "The output %s exists and is not empty; give another --output, or remove it.",
            location);
      }
    } catch (FileNotFoundException e) {
      return;
    } catch (IOException e) {
      throw new InvalidInputException(
          e, "The output %s cannot be reached: %s.", location, StorageFailure.line(e));
    }
  }

  /**
   * Writes the folder.
   *
   * @param writer gets the folder to write to; what it wrote is removed if it fails
   * @throws UncheckedIOException if there is no space, or no right to write
   */
  <T> T write(Function<String, T> writer) {
    Path to = new Path(location);
    Path writing = new Path(to.getParent(), "." + to.getName() + ".writing-" + UUID.randomUUID());
    boolean recursive = true;
    try {
      FileSystem files = to.getFileSystem(hadoop);
      try {
        T result = writer.apply(writing.toString());
        if (files.exists(to)) {
          // An empty folder, or the command would have been refused.
          files.delete(to, !recursive);
        }
        if (!files.rename(writing, to)) {
          throw new IOException("The file system refused to rename " + writing);
        }
        return result;
      } finally {
        files.delete(writing, recursive);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The folder " + location + " could not be written", e);
    }
  }

  /** Writes a file of the folder. */
  void writeText(String folder, String name, String text) {
    Path file = new Path(folder, name);
    try (OutputStream out = file.getFileSystem(hadoop).create(file)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("The file " + file + " could not be written", e);
    }
  }
}
