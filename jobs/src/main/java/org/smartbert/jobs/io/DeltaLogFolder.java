package org.smartbert.jobs.io;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The folder {@code _delta_log} of a path, read without Delta: a process that was killed while it
 * created a table leaves a log that Delta refuses to read and refuses to create anew.
 */
final class DeltaLogFolder {
  static final String NAME = "_delta_log";

  private static final Pattern COMMIT = Pattern.compile("\\d{20}\\.(json|checkpoint\\..*)");
  private static final String FIRST = String.format("%020d.json", 0);

  private final FileSystem files;
  private final Path table;
  private final Path log;

  DeltaLogFolder(Path table, Configuration hadoop) throws IOException {
    this.files = table.getFileSystem(hadoop);
    this.table = table;
    this.log = new Path(table, NAME);
  }

  /** Whether the path itself is a Delta table; a folder inside of one is not. */
  boolean hasCommits() throws IOException {
    List<FileStatus> commits = commits();
    return !commits.isEmpty() && !isTorn(commits);
  }

  /** Whether there is a log, with commits or without. */
  boolean exists() throws IOException {
    return files.exists(log);
  }

  private List<FileStatus> commits() throws IOException {
    return list(log).stream().filter(f -> COMMIT.matcher(f.getPath().getName()).matches()).toList();
  }

  /** Files and folders of the table's folder except the log, by name. */
  List<String> others() throws IOException {
    List<String> names = new ArrayList<>();
    if (files.exists(table) && files.getFileStatus(table).isFile()) {
      return List.of(table.getName());
    }
    for (FileStatus file : list(table)) {
      String name = file.getPath().getName();
      if (!name.equals(NAME)) {
        names.add(name);
      }
    }
    return names;
  }

  /** The Delta table whose folder contains the path. */
  Optional<Path> enclosingTable() throws IOException {
    for (Path above = table.getParent(); above != null; above = above.getParent()) {
      Configuration hadoop = files.getConf();
      if (new DeltaLogFolder(above, hadoop).hasCommits()) {
        return Optional.of(above);
      }
    }
    return Optional.empty();
  }

  /** Sets a first commit aside that was cut off while it was written. */
  void setTornFirstCommitAside() throws IOException {
    if (isTorn(commits())) {
      Path first = new Path(log, FIRST);
      Path aside = new Path(log, "." + FIRST + "." + UUID.randomUUID() + ".torn");
      if (!files.rename(first, aside)) {
        throw new IOException(first + " could not be renamed");
      }
      files.delete(new Path(log, "." + FIRST + ".crc"), false);
    }
  }

  /**
   * Whether the only commit was cut off while it was written: without its protocol and its schema
   * no reader ever saw a table here. File systems that write a commit by renaming it never show
   * one.
   */
  private boolean isTorn(List<FileStatus> commits) throws IOException {
    if (commits.size() != 1 || !commits.get(0).getPath().getName().equals(FIRST)) {
      return false;
    }
    String text;
    try (FSDataInputStream in = files.open(commits.get(0).getPath())) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    List<String> whole =
        text.lines().map(String::strip).filter(line -> line.endsWith("}")).toList();
    return whole.stream().noneMatch(line -> line.startsWith("{\"protocol\""))
        || whole.stream().noneMatch(line -> line.startsWith("{\"metaData\""));
  }

  /** Writes and deletes a file in the log, which is what a commit needs to be allowed. */
  void tryToWrite() throws IOException {
    Path probe = new Path(log, ".smartbert-" + UUID.randomUUID() + ".probe");
    files.create(probe, false).close();
    files.delete(probe, false);
  }

  private List<FileStatus> list(Path folder) throws IOException {
    try {
      return Arrays.asList(files.listStatus(folder));
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }
}
