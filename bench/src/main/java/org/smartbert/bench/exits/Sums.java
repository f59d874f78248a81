package org.smartbert.bench.exits;

import java.util.List;

/** How rows fare under a rule: their accuracy, and their FLOPs as a share of full depth's. */
record Sums(double accuracy, double cost) {
  static Sums of(ExitRule rule, List<RecordedRow> rows) {
    long right = 0;
    double spent = 0;
    double full = 0;
    for (RecordedRow row : rows) {
      RecordedRow.Outcome outcome = row.under(rule);
      right += outcome.right() ? 1 : 0;
      spent += outcome.flops();
      full += row.full();
    }
    return new Sums(right / (double) rows.size(), spent / full);
  }
}
