package org.smartbert.bench.exits;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.smartbert.model.inference.Answer;

/** Rules of one kind with different settings, of which one is chosen on rows. */
enum Family {
  /** The paper's: entropy below a threshold. */
  ENTROPY {
    @Override
    List<ExitRule> rules(int layers) {
      return THRESHOLDS.stream().map(s -> rule("S " + s, entropy(s))).toList();
    }
  },
  /** DeeBERT's successors: the most probable class above a threshold. */
  CONFIDENCE {
    @Override
    List<ExitRule> rules(int layers) {
      return CONFIDENCES.stream()
          .map(c -> rule("p " + c, answers -> ExitRule.now(answers).confidence() > c))
          .toList();
    }
  },
  /** Entropy, and the classifiers just before give the same class. */
  AGREEMENT {
    @Override
    List<ExitRule> rules(int layers) {
      List<ExitRule> rules = new ArrayList<>();
      for (int others = 1; others <= 3; others++) {
        int needed = others;
        for (double s : THRESHOLDS) {
          rules.add(
              rule(
                  "S " + s + " and " + others + " before",
                  entropy(s).and(answers -> ExitRule.agreeing(answers) >= needed)));
        }
      }
      return rules;
    }
  },
  /** PABEE (2020): as many classifiers in a row with one class, whatever their entropy. */
  PATIENCE {
    @Override
    List<ExitRule> rules(int layers) {
      List<ExitRule> rules = new ArrayList<>();
      for (int patience = 1; patience < layers; patience++) {
        int needed = patience;
        rules.add(rule("patience " + patience, answers -> ExitRule.agreeing(answers) >= needed));
      }
      return rules;
    }
  },
  /**
   * After BEEM (2025): the confidences of the last classifiers that agree, summed up, above a
   * threshold.
   */
  ENSEMBLE {
    @Override
    List<ExitRule> rules(int layers) {
      List<ExitRule> rules = new ArrayList<>();
      for (double sum = 0.5; sum < layers; sum += 0.1) {
        double needed = sum;
        rules.add(
            rule(
                String.format(Locale.ROOT, "sum %.1f", sum),
                answers -> agreeingConfidence(answers) > needed));
      }
      return rules;
    }
  },
  /** Entropy, and the classifiers below a layer are not asked. */
  FROM_LAYER {
    @Override
    List<ExitRule> rules(int layers) {
      List<ExitRule> rules = new ArrayList<>();
      for (int first = 1; first < layers; first++) {
        for (double s : THRESHOLDS) {
          double[] byLayer = new double[layers];
          Arrays.fill(byLayer, first - 1, layers, s);
          rules.add(new LayerThresholds(byLayer));
        }
      }
      return rules;
    }
  };

  /** In nats. */
  static final List<Double> THRESHOLDS =
      List.of(
          0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4,
          0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8, 0.9, 1.0, 1.25, 1.5, 2.0);

  private static final List<Double> CONFIDENCES =
      List.of(
          0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97,
          0.98, 0.985, 0.99, 0.993, 0.995, 0.997, 0.998, 0.999, 0.9995, 0.9999);

  /** The candidates, fixed before any row is seen. */
  abstract List<ExitRule> rules(int layers);

  String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static Predicate<List<Answer>> entropy(double threshold) {
    return answers -> ExitRule.now(answers).entropy() < threshold;
  }

  private static double agreeingConfidence(List<Answer> answers) {
    int first = answers.size() - 1 - ExitRule.agreeing(answers);
    return answers.subList(first, answers.size()).stream().mapToDouble(Answer::confidence).sum();
  }

  private static ExitRule rule(String description, Predicate<List<Answer>> leaves) {
    return new ExitRule() {
      @Override
      public boolean leaves(List<Answer> answers) {
        return leaves.test(answers);
      }

      @Override
      public String describe() {
        return description;
      }
    };
  }
}
