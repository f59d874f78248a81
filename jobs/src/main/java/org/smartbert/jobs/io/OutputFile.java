package org.smartbert.jobs.io;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.smartbert.model.InvalidInputException;

/**
 * A file on any Hadoop file system that is written under another name, and then renamed; one that
 * is there is replaced.
 *
 * @param location absolute
 */
public record OutputFile(String location, Configuration hadoop) {
  /**
   * Refuses what cannot be written.
   *
   * @throws InvalidInputException for a folder, and on this machine's disk for a file in a folder
   *     that does not exist; other file systems make folders, or know none
   */
  public void requireWritable() {
    Path path = new Path(location);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      if (files.exists(path) && files.getFileStatus(path).isDirectory()) {
        throw new InvalidInputException(
            "The output %s is a folder; give the path of a file.", location);
      }
      if (files instanceof LocalFileSystem && !files.exists(path.getParent())) {
        throw new InvalidInputException(
            "The folder %s does not exist; create it, or give another --output.", path.getParent());
      }
    } catch (IOException e) {
      throw new InvalidInputException(
          e, "The output %s cannot be reached: %s.", location, StorageFailure.line(e));
    }
  }

  /** Writes the file. */
  public void write(String text) {
    Path to = new Path(location);
    Path writing = new Path(to.getParent(), "." + to.getName() + ".writing-" + UUID.randomUUID());
    boolean recursive = true;
    try {
      boolean local = to.getFileSystem(hadoop) instanceof LocalFileSystem;
      FileSystem files = OutputFolder.files(to, hadoop);
      try {
        try (OutputStream out = files.create(writing)) {
          out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        // A local file is replaced by renaming; elsewhere the name must be free.
        if (!local && files.exists(to)) {
          files.delete(to, !recursive);
        }
        if (!files.rename(writing, to)) {
          throw new IOException("The file system refused to rename " + writing);
        }
      } finally {
        files.delete(writing, !recursive);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The file " + location + " could not be written", e);
    }
  }
}
