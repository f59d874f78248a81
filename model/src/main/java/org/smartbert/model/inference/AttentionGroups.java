package org.smartbert.model.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts neighbouring rows into the rectangles that attention is computed in. Rows of one length need
 * neither gathering nor a mask; short runs are put together with their neighbours as long as little
 * of the rectangle is empty.
 */
final class AttentionGroups {
  /** Tokens from which a run of equal rows is worth calls of its own. */
  private static final int ENOUGH_TOKENS = 192;

  /** Share of a rectangle that may be empty. */
  private static final double EMPTY = 0.25;

  private AttentionGroups() {}

  /** For each group in turn its rows, its tokens and its longest row. */
  static long[] of(List<Row> rows) {
    List<long[]> groups = new ArrayList<>();
    int row = 0;
    while (row < rows.size()) {
      long length = rows.get(row).tokens();
      int end = row;
      while (end < rows.size() && rows.get(end).tokens() == length) {
        end++;
      }
      int run = end - row;
      long[] last = groups.isEmpty() ? null : groups.get(groups.size() - 1);
      if (last != null && joins(last, run, length)) {
        last[0] += run;
        last[1] += run * length;
        last[2] = Math.max(last[2], length);
      } else {
        groups.add(new long[] {run, run * length, length});
      }
      row = end;
    }
    return groups.stream().flatMapToLong(Arrays::stream).toArray();
  }

  private static boolean joins(long[] group, long run, long length) {
    if (group[1] >= ENOUGH_TOKENS && run * length >= ENOUGH_TOKENS) {
      return false;
    }
    long slots = (group[0] + run) * Math.max(group[2], length);
    return slots * (1 - EMPTY) <= group[1] + run * length;
  }
}
