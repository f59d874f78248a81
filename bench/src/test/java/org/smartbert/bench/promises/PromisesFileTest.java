package org.smartbert.bench.promises;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.calibration.Risk;

/** Lines are appended under one header, and the table tells a promise that is not kept. */
class PromisesFileTest {
  private static final PromisesFile.Line LINE =
      new PromisesFile.Line(
          4000,
          1000,
          new Setting(Risk.AGREEMENT, 0.01, 0.05, 2000),
          new Simulation.Outcome(0.99, 0.08, 0.07, 0.55, 0.5, 0.9),
          new Simulation.Outcome(1, 0.7, 0.07, 0.4, 0.5, 1.2));

  @TempDir private Path folder;

  @Test
  void linesAreAppendedUnderOneHeader() throws IOException {
    PromisesFile file = new PromisesFile(folder.resolve("promises.csv"));
    for (int run = 0; run < 2; run++) {
      file.requireAppendable();
      file.append(Instant.EPOCH, "model, with a comma", "rows.tsv", List.of(LINE));
    }
    assertThat(Files.readAllLines(file.path()))
        .hasSize(3)
        .element(2)
        .isEqualTo(
            "1970-01-01T00:00:00Z,\"model, with a comma\",rows.tsv,4000,agreement,0.01,0.05,2000,"
                + "1000,0.99,0.08,0.07,0.55,0.5,0.9,0.7");
  }

  @Test
  void aFileOfAnotherMeasurementIsRefused() throws IOException {
    Path other = Files.writeString(folder.resolve("other.csv"), "a,b\n1,2\n");
    assertThatThrownBy(() -> new PromisesFile(other).requireAppendable())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("other columns (a, b)");
  }

  @Test
  void theTableNamesAPromiseThatIsNotKept() {
    assertThat(PromisesTable.of(List.of(LINE)))
        .contains("| agreement | 1.0 | 2,000 | 99.0 | 8.0 TOO MANY | 0.550 | 0.500 | 90 | 70.0 |");
  }
}
