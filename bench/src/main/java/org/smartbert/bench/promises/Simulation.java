package org.smartbert.bench.promises;

import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Calibrations on random samples of recorded rows, drawn with replacement, so that the recorded
 * rows are the distribution that a promise is made for and no second sample has to judge it.
 *
 * @param draws samples
 * @param seed of the samples; the same ones for every rule
 */
record Simulation(Recording recording, int draws, long seed) {
  /** Standard errors of a share of draws that are put down to chance. */
  private static final double ERRORS = 3;

  /**
   * What all calibrations together did.
   *
   * @param certified share of them that certified a policy
   * @param broken share of them that certified one whose true risk is above the bound
   * @param limit what broken may be: delta and three standard errors of it
   * @param cost mean true cost of what was chosen
   * @param bestCost true cost of the cheapest policy whose true risk is within the bound
   * @param saved FLOPs saved by what was chosen, as a share of what that policy saves; not a number
   *     where it saves nothing
   */
  record Outcome(
      double certified, double broken, double limit, double cost, double bestCost, double saved) {
    boolean isKept() {
      return broken <= limit;
    }
  }

  private record Choice(boolean certified, int policy) {}

  Outcome run(Setting setting, Rule rule) {
    List<Integer> all = IntStream.range(0, recording.policies()).boxed().toList();
    double[] risks = all.stream().mapToDouble(recording::risk).toArray();
    double[] costs = all.stream().mapToDouble(recording::cost).toArray();
    List<Choice> choices =
        IntStream.range(0, draws)
            .parallel()
            .mapToObj(draw -> choose(setting, rule, sample(draw, setting.rows())))
            .toList();
    double certified = share(choices.stream().filter(Choice::certified).count());
    double broken =
        share(
            choices.stream()
                .filter(choice -> choice.certified() && risks[choice.policy()] > setting.epsilon())
                .count());
    double cost = choices.stream().mapToDouble(c -> costs[c.policy()]).average().orElseThrow();
    double best =
        all.stream()
            .filter(policy -> risks[policy] <= setting.epsilon())
            .mapToDouble(policy -> costs[policy])
            .min()
            .orElse(costs[0]);
    double limit =
        setting.delta() + ERRORS * Math.sqrt(setting.delta() * (1 - setting.delta()) / draws);
    return new Outcome(
        certified, broken, limit, cost, best, best < 1 ? (1 - cost) / (1 - best) : Double.NaN);
  }

  private double share(long count) {
    return count / (double) draws;
  }

  /** Rows, drawn with replacement; each draw has a generator of its own. */
  private int[] sample(int draw, int rows) {
    SplittableRandom random = new SplittableRandom(seed + draw * 1_000_003L);
    return random.ints(rows, 0, recording.rows()).toArray();
  }

  /** The cheapest of those that are certified, by the sample's costs; else the safest of all. */
  private Choice choose(Setting setting, Rule rule, int[] sample) {
    double[] pValues =
        IntStream.range(0, recording.policies())
            .mapToDouble(policy -> setting.pValue(recording, policy, sample))
            .toArray();
    int certified = rule.certified(pValues, setting.delta());
    int policy =
        IntStream.range(0, certified)
            .boxed()
            .min(Comparator.comparingDouble(p -> recording.cost(p, sample)))
            .orElse(0);
    return new Choice(certified > 0, policy);
  }
}
