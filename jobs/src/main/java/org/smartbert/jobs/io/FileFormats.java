package org.smartbert.jobs.io;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.smartbert.jobs.io.InputTable.Format;
import org.smartbert.model.InvalidInputException;

/** The formats of files, from the endings of their names. */
final class FileFormats {
  private static final Map<String, Format> ENDINGS =
      Map.of(
          ".parquet", Format.PARQUET,
          ".csv", Format.CSV,
          ".tsv", Format.TSV,
          ".json", Format.JSON,
          ".jsonl", Format.JSON,
          ".ndjson", Format.JSON);

  /** A table's: which of the files beside them hold its rows, they alone tell. */
  private static final Set<String> LOGS = Set.of("_delta_log", ".hoodie");

  private FileFormats() {}

  /** The format that the name of a file or folder tells. */
  static Optional<Format> ofName(String location) {
    String name = location.toLowerCase(Locale.ROOT);
    String plain = name.replaceFirst("/+$", "").replaceFirst("\\.(gz|bz2|zst|lz4)$", "");
    return ENDINGS.entrySet().stream()
        .filter(ending -> plain.endsWith(ending.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /**
   * The format that the names of all files of a folder tell, also below partition folders; empty
   * where one tells none, and for tables whose logs Spark cannot read.
   *
   * @param path of a folder, or a pattern
   * @throws InvalidInputException for files of several formats
   */
  static Optional<Format> ofFolder(String path, Configuration hadoop) {
    Set<Format> formats = EnumSet.noneOf(Format.class);
    try {
      Path folder = new Path(path);
      FileSystem files = folder.getFileSystem(hadoop);
      Deque<FileStatus> open = new ArrayDeque<>(start(folder, files));
      while (!open.isEmpty()) {
        FileStatus next = open.remove();
        if (next.isDirectory()) {
          for (FileStatus child : files.listStatus(next.getPath())) {
            if (LOGS.contains(child.getPath().getName())) {
              return Optional.empty();
            }
            if (isData(child)) {
              open.add(child);
            }
          }
        } else {
          Optional<Format> format = ofName(next.getPath().getName());
          if (format.isEmpty()) {
            return format;
          }
          formats.add(format.get());
        }
      }
    } catch (IOException e) {
      throw new InvalidInputException(
          e, "The folder %s cannot be listed (%s); check its permissions.", path, e.getMessage());
    }
    if (formats.size() > 1) {
      throw new InvalidInputException(
          "The folder %s holds files of several formats (%s); keep files of one in it, or give a"
              + " pattern such as %s/*.parquet.",
          path,
          String.join(
              ", ", formats.stream().map(each -> each.name().toLowerCase(Locale.ROOT)).toList()),
          path);
    }
    return formats.stream().findFirst();
  }

  private static List<FileStatus> start(Path path, FileSystem files) throws IOException {
    if (files.exists(path)) {
      return List.of(files.getFileStatus(path));
    }
    FileStatus[] matches = files.globStatus(path);
    return matches == null ? List.of() : List.of(matches);
  }

  /** What Spark reads: it ignores hidden names that name no partition. */
  private static boolean isData(FileStatus child) {
    String name = child.getPath().getName();
    boolean hidden = name.startsWith(".") || (name.startsWith("_") && !name.contains("="));
    return !hidden;
  }
}
