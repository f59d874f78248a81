package org.smartbert.jobs.io;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.UUID;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.smartbert.model.InvalidInputException;

/**
 * A folder on any Hadoop file system that is written under another name, and then renamed.
 *
 * @param location as the user gave it
 */
public record OutputFolder(String location, Configuration hadoop) {
  private static final boolean RECURSIVE = true;
  private static final boolean KEEP_SOURCE = false;

  /**
   * Refuses a place that is taken.
   *
   * @throws InvalidInputException if there is a file, or a folder that holds something, or no such
   *     file system
   */
  public void requireFree() {
    try {
      Path path = new Path(location);
      FileSystem files = files(path, hadoop);
      if (files.getFileStatus(path).isFile()) {
        throw new InvalidInputException(
            "The output %s is a file; give another --output, or remove it.", location);
      }
      if (files.listStatus(path).length > 0) {
        throw new InvalidInputException(
            "The output %s exists already and is not empty; give another --output, or remove it.",
            location);
      }
    } catch (FileNotFoundException e) {
      return;
    } catch (IOException | IllegalArgumentException e) {
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
  public <T> T write(Function<String, T> writer) {
    try {
      FileSystem files = files(new Path(location), hadoop);
      Path to = files.makeQualified(new Path(location));
      Path writing = new Path(to.getParent(), "." + to.getName() + ".writing-" + UUID.randomUUID());
      try {
        T result = writer.apply(writing.toString());
        if (files.exists(to)) {
          // An empty folder, or the command would have been refused.
          files.delete(to, !RECURSIVE);
        }
        if (!files.rename(writing, to)) {
          throw new IOException("The file system refused to rename " + writing);
        }
        return result;
      } finally {
        files.delete(writing, RECURSIVE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The folder " + location + " could not be written", e);
    }
  }

  /**
   * Writes the folder by what writes to this machine's disk only; on other file systems it gets a
   * temporary folder, which is copied.
   *
   * @param writer gets a directory that does not exist yet
   */
  public <T> T writeLocally(Function<java.nio.file.Path, T> writer) {
    try {
      if (new Path(location).getFileSystem(hadoop) instanceof LocalFileSystem local) {
        return write(writing -> writer.apply(local.pathToFile(new Path(writing)).toPath()));
      }
      java.nio.file.Path scratch = Files.createTempDirectory("smartbert-output-");
      try {
        java.nio.file.Path directory = scratch.resolve("output");
        T result = writer.apply(directory);
        copy(directory);
        return result;
      } finally {
        FileUtil.fullyDelete(scratch.toFile());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The folder " + location + " could not be written", e);
    }
  }

  /** Writes a copy of a directory of this machine's disk. */
  public void copy(java.nio.file.Path directory) {
    write(
        writing -> {
          Path to = new Path(writing);
          try {
            return FileUtil.copy(directory.toFile(), files(to, hadoop), to, KEEP_SOURCE, hadoop);
          } catch (IOException e) {
            throw new UncheckedIOException("The folder " + location + " could not be written", e);
          }
        });
  }

  /** Writes a file of the folder. */
  public void writeText(String folder, String name, String text) {
    Path file = new Path(folder, name);
    try (OutputStream out = files(file, hadoop).create(file)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("The file " + file + " could not be written", e);
    }
  }

  /** A path's file system; the local one without Hadoop's files of checksums beside its files. */
  public static FileSystem files(Path path, Configuration hadoop) throws IOException {
    FileSystem files = path.getFileSystem(hadoop);
    return files instanceof LocalFileSystem local ? local.getRaw() : files;
  }
}
