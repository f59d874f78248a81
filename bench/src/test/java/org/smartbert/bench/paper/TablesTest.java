package org.smartbert.bench.paper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** The tables of made-up results. */
class TablesTest {
  private static String print(Results results) {
    StringWriter out = new StringWriter();
    PrintWriter writer = new PrintWriter(out);
    new Tables(results, writer).print();
    writer.flush();
    return out.toString();
  }

  private static Results results() {
    Results results = new Results();
    for (long seed = 1; seed <= 2; seed++) {
      results.add(
          Lines.curve(
              Lines.cell("rte", Arm.BERT, "2e-5", seed), 60, new Lines.Point(0, 64 + seed, 100)));
      results.add(
          Lines.curve(
              Lines.cell("rte", Arm.SMARTBERT, "2e-5", seed),
              60,
              new Lines.Point(0, 62 + seed, 80.2),
              new Lines.Point(0.1f, 60 + seed, 58.4),
              new Lines.Point(0.3f, 63 + seed, 50.4),
              new Lines.Point(0.5f, 50 + seed, 20)));
    }
    // Better on the held-out rows, worse on those that validate.
    results.add(
        Lines.curve(Lines.cell("rte", Arm.BERT, "5e-5", 1), 59, new Lines.Point(0, 99, 100)));
    return results;
  }

  @Test
  void tableOneHasOursBesideThePapers() {
    assertThat(print(results()))
        .contains("| method | RTE, accuracy | cost |")
        .contains("| BERT | 65.5 / 61.0 | 100 % (1.0x) / 100 % (1.0x) |")
        .contains("| SmartBERT, skips only | 63.5 / 60.6 | 80 % (1.2x) / 56 % (1.8x) |")
        .contains("| SmartBERT, S = 0.3 | 64.5 / 60.6 | 50 % (2.0x) / 58 % (1.7x) |");
  }

  @Test
  void aBudgetTakesTheBestThresholdThatIsCheapEnough() {
    assertThat(print(results()))
        .contains("| BERT | 2e-5 | 2 | - | - | - | - | - | 65.5 (63.5 to 66.5), sd 0.7 |")
        .contains(
            "| SmartBERT | 2e-5 | 2 | - | 51.5 (49.5 to 52.5), sd 0.7 | 51.5 (49.5 to 52.5), sd 0.7"
                + " | 64.5 (62.5 to 65.5), sd 0.7 |");
  }

  @Test
  void theLearningRateIsChosenByValidationRows() {
    assertThat(print(results())).doesNotContain("99.0");
  }

  @Test
  void theLossIsTakenAtThePapersCosts() {
    assertThat(print(results()))
        .contains(
            "| RTE, accuracy | SmartBERT | 58 % | 1.0 (-1.2 to 3.2), sd 1.0 | 0.4 (S = 0.1), 0.4 (S"
                + " = 0.3), 0.4 (S = 0.5) |")
        .contains(
            "| RTE, accuracy | SmartBERT | 56 % | 1.0 (-1.2 to 3.2), sd 1.0 | 0.4 (S = 0.0) |")
        .contains(
            "| RTE, accuracy | SmartBERT | 33 % | 14.0 (11.8 to 16.2), sd 1.0 | minimal (abstract)"
                + " |");
  }

  @Test
  void withoutResultsItSaysSo() {
    assertThat(print(new Results())).contains("There are no results yet.");
  }
}
