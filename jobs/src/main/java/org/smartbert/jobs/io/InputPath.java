package org.smartbert.jobs.io;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.smartbert.model.InvalidInputException;

/**
 * A path as a user gives it. Where it exists letter by letter it means that, whatever characters it
 * holds; else it may be a pattern.
 *
 * @param spark how Spark takes it: absolute, and with letters of patterns escaped
 */
record InputPath(String spark) {
  private static final String PATTERN_LETTERS = "[\\[\\]{}*?\\\\]";

  /**
   * Looks for a path.
   *
   * @throws InvalidInputException for a path that Spark would not read as it stands
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
        return Optional.of(new InputPath(literal(text, path, files)));
      }
      if (isPattern(text) && matches(files.globStatus(path))) {
        return Optional.of(new InputPath(path.toString()));
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
          "Spark takes the file %s for a hidden one, because its name begins with %s; rename it.",
          text, name.charAt(0));
    }
    if (name.contains(":")) {
      throw new InvalidInputException(
          "The path %s has a colon in its name, which Hadoop cannot read; rename it.", text);
    }
    String whole = path.toString();
    if (!isPattern(whole)) {
      return whole;
    }
    return whole.replaceAll("(" + PATTERN_LETTERS + ")", "\\\\$1");
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
