package org.smartbert.bench.paper;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.smartbert.model.InvalidInputException;

/**
 * The results as a CSV file that only grows. A cell's lines are appended by one write, under a
 * lock, so that several processes can share the file. What follows the last line end is a line that
 * was cut off: reading leaves it out, appending replaces it.
 */
record ResultsFile(Path path) {
  /**
   * What the file holds.
   *
   * @param cutOff a sentence on the last line, if it is not whole
   */
  record Read(Results results, Optional<String> cutOff) {}

  /**
   * Reads the file; one that does not exist holds nothing.
   *
   * @throws InvalidInputException for a file with other columns, or a line that is no result
   */
  Read read() {
    String text = text();
    int whole = text.lastIndexOf('\n') + 1;
    Results results = new Results().add(parse(text.substring(0, whole)));
    return new Read(
        results,
        Optional.of(text.substring(whole))
            .filter(rest -> !rest.isEmpty())
            .map(
                rest ->
                    "The last line of "
                        + path
                        + " was cut off ("
                        + rest.length()
                        + " characters) and is ignored; its cell is run again."));
  }

  private String text() {
    try {
      return Files.exists(path) ? Files.readString(path) : "";
    } catch (IOException e) {
      throw new InvalidInputException(
          e, "The results %s cannot be read (%s); give --results a CSV file of its own.", path, e);
    }
  }

  private List<ResultLine> parse(String text) {
    CSVFormat format = Csv.FORMAT.builder().setHeader().setSkipHeaderRecord(true).get();
    try (CSVParser parser = format.parse(new StringReader(text))) {
      if (!text.isEmpty() && !parser.getHeaderNames().equals(ResultCsv.HEADER)) {
        throw new InvalidInputException(
            "The results %s have other columns than this command writes (%s); give another"
                + " --results.",
            path, String.join(",", parser.getHeaderNames()));
      }
      List<ResultLine> lines = new ArrayList<>();
      for (CSVRecord row : parser) {
        lines.add(line(row, parser.getCurrentLineNumber()));
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException("The results " + path + " could not be parsed", e);
    }
  }

  private ResultLine line(CSVRecord row, long number) {
    try {
      return ResultCsv.read(row);
    } catch (RuntimeException e) {
      throw new InvalidInputException(
          e,
          "Line %d of the results %s is no result (%s); remove it, or give another --results.",
          number,
          path,
          e.getMessage());
    }
  }

  /**
   * Refuses a place where nothing can be appended, before any work.
   *
   * @throws InvalidInputException if the folder does not exist or may not be written
   */
  void requireWritable() {
    Path folder = path.toAbsolutePath().getParent();
    boolean writable =
        Files.exists(path)
            ? Files.isRegularFile(path) && Files.isWritable(path)
            : Files.isWritable(folder);
    if (!writable) {
      throw new InvalidInputException(
          "The results %s cannot be written; give --results a file in a folder that exists and that"
              + " you may write.",
          path);
    }
  }

  /** Appends the lines of a cell, all or none. */
  void append(List<ResultLine> lines) {
    try (FileChannel file =
            FileChannel.open(
                path,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        FileLock lock = file.lock()) {
      long end = afterLastLine(file);
      file.truncate(end);
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(records(end == 0, lines));
      file.position(end);
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(true);
      lock.release();
    } catch (IOException e) {
      throw new UncheckedIOException("The results " + path + " could not be appended to", e);
    }
  }

  /** Where the last whole line ends. */
  private static long afterLastLine(FileChannel file) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    for (long end = file.size(); end > 0; end--) {
      one.clear();
      file.read(one, end - 1);
      if (one.get(0) == '\n') {
        return end;
      }
    }
    return 0;
  }

  private static String records(boolean header, List<ResultLine> lines) {
    StringBuilder text = new StringBuilder();
    if (header) {
      text.append(Csv.FORMAT.format(ResultCsv.HEADER.toArray())).append('\n');
    }
    for (ResultLine line : lines) {
      text.append(Csv.FORMAT.format(ResultCsv.write(line).toArray())).append('\n');
    }
    return text.toString();
  }
}
