package org.smartbert.bench.rivals;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;
import org.smartbert.model.InvalidInputException;

/** A CSV file that every comparison appends its outcomes to, one line a rival. */
record ResultsFile(Path path) {
  private static final List<String> HEADER =
      List.of(
          "measured_at",
          "train",
          "test",
          "rival",
          "chosen",
          "accuracy",
          "accuracy_low",
          "accuracy_high",
          "test_rows",
          "not_scored",
          "master",
          "cores",
          "timed_rows",
          "rounds",
          "median_seconds",
          "fastest_seconds",
          "slowest_seconds",
          "rows_per_second",
          "core_hours_per_million",
          "price_per_core_hour",
          "money_per_million",
          "error");

  private static final int BEFORE_RIVAL = HEADER.indexOf("rival");

  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180.builder().setRecordSeparator('\n').get();

  /**
   * Refuses a file that cannot be appended to, before hours of work.
   *
   * @throws InvalidInputException for a folder that does not exist, or a file with other columns
   */
  void requireAppendable() {
    Path folder = path.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new InvalidInputException(
          "The folder %s of --results does not exist; create it, or give another file.", folder);
    }
    if (!existing().isEmpty()) {
      requireHeader(existing());
    }
  }

  /** Appends the outcomes, all or none. */
  void append(Conditions conditions, List<Outcome> outcomes) {
    String before = existing();
    StringWriter text = new StringWriter();
    text.write(before.isEmpty() || before.endsWith("\n") ? before : before + "\n");
    Path writing = path.resolveSibling("." + path.getFileName() + ".writing");
    try (CSVPrinter printer = new CSVPrinter(text, FORMAT)) {
      if (before.isEmpty()) {
        printer.printRecord(HEADER);
      }
      for (Outcome outcome : outcomes) {
        printer.printRecord(values(conditions, outcome));
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
      if (!found.equals(HEADER)) {
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

  private static List<Object> values(Conditions conditions, Outcome outcome) {
    List<Object> values =
        new ArrayList<>(
            List.of(
                conditions.measuredAt(),
                conditions.files().train(),
                conditions.files().test(),
                outcome.rival()));
    if (outcome instanceof Outcome.Failed failed) {
      values.addAll(Collections.nCopies(HEADER.size() - BEFORE_RIVAL - 2, ""));
      values.add(failed.error());
      return values;
    }
    Outcome.Measured measured = (Outcome.Measured) outcome;
    Conditions.Machine machine = conditions.machine();
    Cost cost = conditions.cost(measured);
    values.addAll(
        List.of(
            measured.detail(),
            measured.accuracy().value(),
            measured.accuracy().low(),
            measured.accuracy().high(),
            conditions.testRows(),
            measured.notScored(),
            machine.master(),
            machine.cores(),
            machine.timedRows(),
            machine.rounds()));
    values.addAll(
        List.of(
            measured.times().median(),
            measured.times().fastest(),
            measured.times().slowest(),
            cost.rowsPerSecond(),
            cost.coreHours(),
            conditions.pricePerCoreHour(),
            cost.money(conditions.pricePerCoreHour()),
            ""));
    return values;
  }
}
