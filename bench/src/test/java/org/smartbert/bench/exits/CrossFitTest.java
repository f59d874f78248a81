package org.smartbert.bench.exits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.smartbert.model.inference.Answer;

/** Costs and accuracies of rules over answers that are known, and what is chosen among them. */
class CrossFitTest {
  private static final int LAYERS = 4;

  /** A layer costs 10, a classifier 1, full depth 41. */
  private static RecordedRow row(int truth, int[] labels, double... entropies) {
    List<Answer> answers = new ArrayList<>();
    long[] network = new long[LAYERS];
    long[] classifiers = new long[LAYERS];
    for (int i = 0; i < LAYERS; i++) {
      answers.add(new Answer(i + 1, labels[i], 0.9f, (float) entropies[i]));
      network[i] = 10L * (i + 1);
      classifiers[i] = 1;
    }
    return new RecordedRow(truth, answers, network, classifiers, 41);
  }

  /** Easy rows are right at once; of the others, the first classifier is sure and wrong. */
  private static List<RecordedRow> rows() {
    List<RecordedRow> rows = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      rows.add(row(0, new int[] {0, 0, 0, 0}, 0.04, 0.04, 0.04, 0.04));
      rows.add(row(1, new int[] {0, 1, 1, 1}, 0.04, 0.04, 0.04, 0.04));
    }
    return rows;
  }

  @Test
  void costsAreThoseOfWhatWasAsked() {
    RecordedRow row = row(1, new int[] {0, 1, 1, 1}, 0.5, 0.2, 0.1, 0.1);
    ExitRule from2 = new LayerThresholds(new double[] {0, 0.3, 0.3, 0.3});
    assertThat(row.under(from2)).isEqualTo(new RecordedRow.Outcome(true, 21));
    ExitRule all = new LayerThresholds(new double[] {0.3, 0.3, 0.3, 0.3});
    assertThat(row.under(all)).isEqualTo(new RecordedRow.Outcome(true, 22));
    ExitRule never = new LayerThresholds(new double[LAYERS]);
    assertThat(row.under(never)).isEqualTo(new RecordedRow.Outcome(true, 41));
    assertThat(Sums.of(never, List.of(row))).isEqualTo(new Sums(1, 1));
  }

  @Test
  void aClassifierThatIsSureAndWrongIsLeftOut() {
    CrossFit fit = new CrossFit(rows(), LAYERS, 3, 1);
    List<Double> budgets = List.of(0.2, 0.6, 1.0);
    List<Optional<CrossFit.Mean>> entropy =
        fit.run((choice, budget) -> choice.of(Family.ENTROPY, budget), budgets);
    // No rule costs a fifth; with one threshold every row leaves at the first layer or at none.
    assertThat(entropy.get(0)).isEmpty();
    assertThat(entropy.get(1).orElseThrow().accuracy()).isEqualTo(0.5, within(0.1));
    assertThat(entropy.get(2).orElseThrow().accuracy()).isEqualTo(1);
    List<Optional<CrossFit.Mean>> byLayer = fit.run(Choice::byLayer, budgets);
    assertThat(byLayer.get(1).orElseThrow().accuracy()).isEqualTo(1);
    assertThat(byLayer.get(1).orElseThrow().cost()).isEqualTo(21 / 41.0, within(1e-9));
    List<Optional<CrossFit.Mean>> agreement =
        fit.run((choice, budget) -> choice.of(Family.AGREEMENT, budget), List.of(0.75));
    assertThat(agreement.get(0).orElseThrow().accuracy()).isEqualTo(1);
  }

  @Test
  void allKindsOfRulesAreDescribedAndFinite() {
    for (Family family : Family.values()) {
      assertThat(family.rules(LAYERS)).as(family.title()).isNotEmpty();
      for (ExitRule rule : family.rules(LAYERS)) {
        assertThat(rule.describe()).isNotBlank();
        assertThat(Sums.of(rule, rows()).cost()).isBetween(0.2, 1.2);
      }
    }
  }
}
