package org.smartbert.jobs.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/**
 * Promises over thousands of draws of rows from policies whose risks are known: they are broken as
 * rarely as is stated. That the simulation can fail is shown with a rule that was published: it
 * takes the first policy that fails its test.
 */
class CoverageTest {
  private static final double EPSILON = 0.02;
  private static final double DELTA = 0.1;
  private static final int DRAWS = 3000;
  private static final int ROWS = 700;

  /** Three standard errors of the share of draws. */
  private static final double ERROR = 3 * Math.sqrt(DELTA * (1 - DELTA) / DRAWS);

  /**
   * Policies, the safest first: each gets rows wrong that the reference has right, and some right
   * that the reference has wrong.
   */
  private record Policies(double[] worse, double[] better) {
    double risk(int policy) {
      return worse[policy] - better[policy];
    }
  }

  /** A policy barely beyond the tolerance follows safe ones: the hardest case of the theorem. */
  private static final Policies AT_THE_EDGE =
      new Policies(new double[] {0.001, 0.005, 0.020001, 0.06}, new double[4]);

  private static final Policies WITH_GAINS =
      new Policies(
          new double[] {0.002, 0.01, 0.050001, 0.09}, new double[] {0.002, 0.008, 0.03, 0.03});

  private static final Policies ALL_BEYOND =
      new Policies(new double[] {0.020001, 0.0201, 0.021}, new double[3]);

  /** How often a choice broke the promise, and how often one was made. */
  private record Shares(double broken, double chosen) {}

  @Test
  void agreementIsBrokenAsRarelyAsStated() {
    Shares edge = agreement(AT_THE_EDGE, CoverageTest::lastRejected);
    assertThat(edge.broken()).isLessThanOrEqualTo(DELTA + ERROR);
    assertThat(edge.chosen()).isGreaterThan(0.99);
    assertThat(agreement(ALL_BEYOND, CoverageTest::lastRejected).broken())
        .isLessThanOrEqualTo(DELTA + ERROR);
  }

  @Test
  void accuracyIsBrokenAsRarelyAsStated() {
    Shares edge = accuracy(AT_THE_EDGE, CoverageTest::lastRejected);
    assertThat(edge.broken()).isLessThanOrEqualTo(DELTA + ERROR);
    assertThat(edge.chosen()).isGreaterThan(0.9);
    Shares gains = accuracy(WITH_GAINS, CoverageTest::lastRejected);
    assertThat(gains.broken()).isLessThanOrEqualTo(DELTA + ERROR);
    assertThat(gains.chosen()).isGreaterThan(0.9);
    assertThat(accuracy(ALL_BEYOND, CoverageTest::lastRejected).broken())
        .isLessThanOrEqualTo(DELTA + ERROR);
  }

  @Test
  void theFirstThatFailsBreaksThePromise() {
    assertThat(agreement(AT_THE_EDGE, CoverageTest::firstFailing).broken()).isGreaterThan(0.5);
    assertThat(accuracy(WITH_GAINS, CoverageTest::firstFailing).broken()).isGreaterThan(0.5);
  }

  /** The last policy that a fixed sequence rejects; -1 for none. */
  private static int lastRejected(double[] p) {
    return FixedSequence.rejected(p, DELTA) - 1;
  }

  private static int firstFailing(double[] p) {
    return Math.min(p.length - 1, FixedSequence.rejected(p, DELTA));
  }

  private static Shares agreement(Policies policies, ToIntFunction<double[]> choice) {
    BinomialTest test = new BinomialTest(EPSILON, DELTA);
    return simulated(
        policies,
        choice,
        (losses, policy) -> {
          long errors = 0;
          for (int[] row : losses) {
            errors += Math.abs(row[policy]);
          }
          return test.pValue(errors, ROWS);
        });
  }

  private static Shares accuracy(Policies policies, ToIntFunction<double[]> choice) {
    return simulated(
        policies,
        choice,
        (losses, policy) -> {
          BettingTest test = new BettingTest(EPSILON, DELTA, ROWS);
          for (int[] row : losses) {
            test.add(row[policy]);
          }
          return test.pValue();
        });
  }

  /** The p-value of a policy from losses [row][policy]. */
  private interface PValueOf {
    double pValue(int[][] losses, int policy);
  }

  private static Shares simulated(
      Policies policies, ToIntFunction<double[]> choice, PValueOf test) {
    Random random = new Random(11);
    int number = policies.worse().length;
    int[][] losses = new int[ROWS][number];
    double[] p = new double[number];
    int broken = 0;
    int chosen = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
      for (int[] row : losses) {
        // One number for all policies: what a safe one gets wrong, bolder ones do too.
        double place = random.nextDouble();
        for (int policy = 0; policy < number; policy++) {
          row[policy] =
              place < policies.worse()[policy] ? 1 : place > 1 - policies.better()[policy] ? -1 : 0;
        }
      }
      for (int policy = 0; policy < number; policy++) {
        p[policy] = test.pValue(losses, policy);
      }
      int choose = choice.applyAsInt(p);
      chosen += choose >= 0 ? 1 : 0;
      broken += choose >= 0 && policies.risk(choose) > EPSILON ? 1 : 0;
    }
    return new Shares(broken / (double) DRAWS, chosen / (double) DRAWS);
  }
}
