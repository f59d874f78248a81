package org.smartbert.bench.results;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;
import org.smartbert.model.InvalidInputException;

/**
 * A CSV file of results that every measurement appends to.
 *
 * @param path that {@code --results} gave
 * @param header names of the columns
 */
public record AppendedCsv(Path path, List<String> header) {
  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180.builder().setRecordSeparator('\n').get();

  public AppendedCsv {
    header = List.copyOf(header);
  }

  /**
   * Refuses a file that cannot be appended to, before hours of work.
   *
   * @throws InvalidInputException for a folder that does not exist, or a file with other columns
   */
  public void requireAppendable() {
    Path folder = path.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new InvalidInputException(
          "The folder %s of --results does not exist; create it, or give another file.", folder);
    }
    String text = existing();
    if (!text.isEmpty()) {
      requireHeader(text);
    }
  }

  /** Appends records, all or none. */
  public void append(List<List<Object>> records) {
    String before = existing();
    StringWriter text = new StringWriter();
    text.write(before.isEmpty() || before.endsWith("\n") ? before : before + "\n");
    Path writing = path.resolveSibling("." + path.getFileName() + ".writing");
    try (CSVPrinter printer = new CSVPrinter(text, FORMAT)) {
      if (before.isEmpty()) {
        printer.printRecord(header);
      }
      for (List<Object> record : records) {
        printer.printRecord(record);
      }
      Files.writeString(writing, text.toString());
      Files.move(
          writing, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("The results " + path + " could not be written", e);
    }
  }

  private String existing() {
    try {
      return Files.exists(path) ? Files.readString(path) : "";
    } catch (IOException e) {
      throw new InvalidInputException(
          e, "The file %s of --results cannot be read; give another file.", path);
    }
  }

  private void requireHeader(String text) {
    try (CSVParser parser = CSVParser.parse(new StringReader(text), FORMAT)) {
      List<String> found = parser.stream().findFirst().map(CSVRecord::toList).orElse(List.of());
      if (!found.equals(header)) {
        throw new InvalidInputException(
            "The file %s of --results has other columns (%s) than this comparison writes; give"
                + " another file.",
            path, String.join(", ", found));
      }
    } catch (IOException e) {
      throw new InvalidInputException(
          e, "The file %s of --results is not CSV; give another file.", path);
    }
  }
}
