package org.smartbert.bench.paper;

import java.util.Comparator;
import org.smartbert.model.training.TrainingSettings.HeadLearningRate;

/** What has a line in a table: a method with a rule for its heads' learning rate. */
record Series(String backbone, Arm arm, HeadLearningRate heads) {
  /** Methods in the order of table 1, the paper's single rate first. */
  static final Comparator<Series> ORDER =
      Comparator.comparing(Series::backbone)
          .thenComparing(Series::heads, Rates.HEADS)
          .thenComparing(Series::arm);

  static Series of(Cell cell) {
    return new Series(cell.backbone(), cell.arm(), cell.rates().heads());
  }

  Series with(Arm other) {
    return new Series(backbone, other, heads);
  }

  String title() {
    return heads.peak() > 0 ? arm.title() + ", heads at " + Rates.text(heads) : arm.title();
  }
}
