package org.smartbert.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.actions.evaluation.Scores;
import org.smartbert.model.InvalidInputException;

/**
 * What is appended can be read back, a failed rival keeps its error, and the arithmetic is right.
 */
class ResultsFileTest {
  /** 7,200 rows in 10 s on 4 cores: 40 core-seconds, or 1.543 core-hours per million rows. */
  private static final Conditions CONDITIONS =
      new Conditions(
          Instant.parse("2026-11-26T16:00:00Z"),
          new Conditions.Files("train.tsv", "test.tsv"),
          500,
          new Conditions.Machine("local[4]", 4, 7200, 3),
          0.05);

  private static final Outcome MEASURED =
      new Outcome.Measured(
          "tf-idf",
          "L2 0.001, \"quoted\", with a comma",
          new Scores(0.85, 0.82, 0.88),
          2,
          new Rounds.Times(List.of(12.0, 10.0, 8.0), null));

  private static final Outcome FAILED =
      new Outcome.Failed("bert-int8", "The processor has no VNNI | or so.");

  @TempDir private Path folder;

  private List<CSVRecord> read(Path file) throws IOException {
    CSVFormat format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
    try (CSVParser parser = CSVParser.parse(Files.readString(file), format)) {
      return parser.getRecords();
    }
  }

  @Test
  void whatIsAppendedIsReadBack() throws IOException {
    ResultsFile file = new ResultsFile(folder.resolve("results.csv"));
    file.requireAppendable();
    file.append(CONDITIONS, List.of(MEASURED));
    file.requireAppendable();
    file.append(CONDITIONS, List.of(FAILED));

    List<CSVRecord> rows = read(file.path());
    assertThat(rows).hasSize(2);
    CSVRecord measured = rows.get(0);
    assertThat(measured.get("chosen")).isEqualTo("L2 0.001, \"quoted\", with a comma");
    assertThat(measured.get("accuracy")).isEqualTo("0.85");
    assertThat(measured.get("not_scored")).isEqualTo("2");
    assertThat(measured.get("median_seconds")).isEqualTo("10.0");
    assertThat(Double.parseDouble(measured.get("rows_per_second"))).isEqualTo(720);
    assertThat(Double.parseDouble(measured.get("core_hours_per_million")))
        .isCloseTo(40.0 / 3600 / 7200 * 1e6, within(1e-9));
    assertThat(Double.parseDouble(measured.get("money_per_million")))
        .isCloseTo(0.05 * 40.0 / 3600 / 7200 * 1e6, within(1e-9));
    CSVRecord failed = rows.get(1);
    assertThat(failed.get("rival")).isEqualTo("bert-int8");
    assertThat(failed.get("accuracy")).isEmpty();
    assertThat(failed.get("error")).isEqualTo("The processor has no VNNI | or so.");
  }

  @Test
  void aFileWithOtherColumnsIsRefusedAndStays() throws IOException {
    Path other = Files.writeString(folder.resolve("other.csv"), "a,b\n1,2\n");
    assertThatThrownBy(() -> new ResultsFile(other).requireAppendable())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("other columns (a, b)");
    assertThat(other).hasContent("a,b\n1,2\n");
    assertThatThrownBy(
            () -> new ResultsFile(folder.resolve("none").resolve("x.csv")).requireAppendable())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("does not exist");
  }

  @Test
  void theTableNamesTheFailedRival() {
    String table = ResultTable.of(CONDITIONS, List.of(MEASURED, FAILED));
    assertThat(table)
        .contains("| tf-idf | 85.00 (82.00 to 88.00) | 720 (600 to 900) | 1.5432 | 0.0772 |")
        .contains("2 test rows not scored")
        .contains("| bert-int8 | failed | | | | The processor has no VNNI \\| or so. |");
  }
}
