package org.smartbert.jobs.io;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.smartbert.model.InvalidInputException;

/**
 * A path as a user gives it. Where a file of exactly that name exists it means that, whatever
 * characters it holds; else it may be a pattern.
 *
 * @param plain absolute, as Delta takes it
 * @param spark as Spark's readers of files take it: with pattern characters escaped where they mean
 *     themselves
 */
record InputPath(String plain, String spark) {
  private static final String PATTERN_LETTERS = "[\\[\\]{}*?\\\\]";

  /**
   * Looks for a path.
   *
   * @throws InvalidInputException for a path that Spark would not read as given
   */
  static Optional<InputPath> find(String text, Configuration hadoop) {
    if (text.isBlank()) {
      throw new InvalidInputException("The input's path is empty; give a path or a table's name.");
    }
    try {
      Path given = path(text);
      FileSystem files = given.getFileSystem(hadoop);
      Path path = given.makeQualified(files.getUri(), files.getWorkingDirectory());
      if (files.exists(path)) {
        return Optional.of(new InputPath(path.toString(), literal(text, path, files)));
      }
      if (isPattern(text) && matches(files.globStatus(path))) {
        return Optional.of(new InputPath(path.toString(), path.toString()));
      }
      requireNoList(text, files);
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidInputException(
          e,
          "The input %s cannot be reached (%s); check the path and the file system's settings.",
          text,
          String.valueOf(e.getMessage()).lines().findFirst().orElse("no message"));
    }
  }

  /** A path with a colon in a name is no URI. */
  private static Path path(String text) {
    return text.matches("[A-Za-z][A-Za-z0-9+.-]*:/.*")
        ? new Path(text)
        : new Path(null, null, text);
  }

  private static boolean isPattern(String text) {
    return !text.replaceAll(PATTERN_LETTERS, "").equals(text);
  }

  private static boolean matches(FileStatus[] found) {
    return found != null && found.length > 0;
  }

  private static String literal(String text, Path path, FileSystem files) throws IOException {
    String name = path.getName();
    boolean hidden = name.startsWith("_") || name.startsWith(".");
    if (hidden && files.getFileStatus(path).isFile()) {
      throw new InvalidInputException(
          "Spark ignores the file %s as hidden, because its name begins with %s; rename it.",
          text, name.charAt(0));
    }
    if (name.contains(":")) {
      throw new InvalidInputException(
          "The path %s has a colon in its name, which Hadoop cannot read; rename it.", text);
    }
    return escaped(path.toString());
  }

  /** A path as Spark's readers of files take it, that means the file of exactly that name. */
  static String escaped(String path) {
    return path.replaceAll("(" + PATTERN_LETTERS + ")", "\\\\$1");
  }

  /**
   * Refuses a folder of which Spark would read a part and say nothing: it passes over folders that
   * are no partition (name=value), and over files next to partition folders.
   */
  void requireReadWhole(Configuration hadoop) {
    try {
      Path path = new Path(plain);
      FileSystem files = path.getFileSystem(hadoop);
      if (!files.exists(path) || files.getFileStatus(path).isFile()) {
        return;
      }
      String file = null;
      String partition = null;
      for (FileStatus child : files.listStatus(path)) {
        String name = child.getPath().getName();
        boolean isPartition = child.isDirectory() && name.contains("=");
        if (!isPartition && (name.startsWith("_") || name.startsWith("."))) {
          continue;
        }
        if (child.isDirectory() && !isPartition) {
          throw new InvalidInputException(
              "Spark would not read the folder %s in %s; give --option recursiveFileLookup=true, or"
                  + " take it out of the input.",
              name, plain);
        }
        partition = isPartition ? name : partition;
        file = child.isFile() ? name : file;
      }
      if (file != null && partition != null) {
        throw new InvalidInputException(
            "The folder %s holds the file %s beside the partition folder %s, and Spark would not"
                + " read the file; move it.",
            plain, file, partition);
      }
    } catch (IOException e) {
      throw new InvalidInputException(
          e, "The folder %s cannot be listed (%s); check its permissions.", plain, e.getMessage());
    }
  }

  private static void requireNoList(String text, FileSystem files) throws IOException {
    int comma = text.indexOf(',');
    if (comma <= 0) {
      return;
    }
    if (files.exists(path(text.substring(0, comma)))) {
      throw new InvalidInputException(
          "The input %s is a list; give one path: a file, a folder, or a pattern such as"
              + " folder/{a,b}.csv.",
          text);
    }
  }
}
