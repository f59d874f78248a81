package org.smartbert.bench.promises;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.smartbert.model.calibration.Risk;

/**
 * Over recorded rows with known risks, calibrate's test keeps its promise, the wrong test is seen
 * to break it, and costs are those of the rows.
 */
class SimulationTest {
  private static final double EPSILON = 0.01;
  private static final double DELTA = 0.05;
  private static final int ROWS = 10_000;
  private static final int DRAWS = 600;

  /** Share of full depth's FLOPs by policy. */
  private static final long[] COSTS = {100, 80, 50, 20};

  /**
   * Rows of which the first {@code worse[p]} lose under policy p and the last {@code better[p]}
   * gain.
   */
  private static Recording recording(int[] worse, int[] better) {
    byte[][] losses = new byte[ROWS][worse.length];
    long[][] flops = new long[ROWS][];
    long[] full = new long[ROWS];
    Arrays.fill(full, 100);
    for (int row = 0; row < ROWS; row++) {
      flops[row] = COSTS;
      for (int p = 0; p < worse.length; p++) {
        losses[row][p] = (byte) (row < worse[p] ? 1 : row >= ROWS - better[p] ? -1 : 0);
      }
    }
    return new Recording(losses, flops, full);
  }

  private static Simulation.Outcome run(Recording recording, Risk risk, int rows, Rule rule) {
    return new Simulation(recording, DRAWS, 7).run(new Setting(risk, EPSILON, DELTA, rows), rule);
  }

  @Test
  void agreementIsKeptAndTheWrongTestIsSeen() {
    // The third policy is just beyond the bound of 100 rows in 10,000.
    Recording recording = recording(new int[] {0, 20, 105, 400}, new int[4]);
    Simulation.Outcome proper = run(recording, Risk.AGREEMENT, 3000, Rule.FIXED_SEQUENCE);
    assertThat(proper.isKept()).as("broken: %s", proper.broken()).isTrue();
    assertThat(proper.certified()).isEqualTo(1);
    assertThat(proper.bestCost()).isEqualTo(0.8, within(1e-9));
    assertThat(proper.saved()).isBetween(0.95, 1.2);
    Simulation.Outcome wrong = run(recording, Risk.AGREEMENT, 3000, Rule.FIRST_FAILING);
    assertThat(wrong.isKept()).isFalse();
    assertThat(wrong.broken()).isGreaterThan(0.9);
  }

  @Test
  void accuracyIsKeptAndTheWrongTestIsSeen() {
    Recording recording = recording(new int[] {0, 100, 260, 500}, new int[] {0, 90, 150, 100});
    Simulation.Outcome proper = run(recording, Risk.ACCURACY, 8000, Rule.FIXED_SEQUENCE);
    assertThat(proper.isKept()).as("broken: %s", proper.broken()).isTrue();
    assertThat(proper.certified()).isGreaterThan(0.95);
    assertThat(run(recording, Risk.ACCURACY, 8000, Rule.FIRST_FAILING).isKept()).isFalse();
  }

  @Test
  void tooFewRowsCertifyNothingAndSaveNothing() {
    Recording recording = recording(new int[] {0, 20, 105, 400}, new int[4]);
    Simulation.Outcome few = run(recording, Risk.AGREEMENT, 200, Rule.FIXED_SEQUENCE);
    assertThat(few.certified()).isZero();
    assertThat(few.broken()).isZero();
    assertThat(few.cost()).isEqualTo(1, within(1e-9));
    assertThat(few.saved()).isEqualTo(0, within(1e-9));
  }
}
