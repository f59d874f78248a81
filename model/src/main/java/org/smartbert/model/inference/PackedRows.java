package org.smartbert.model.inference;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Rows of a window whose tokens lie end to end.
 *
 * @param rows the rows' numbers in the window, in the order they lie
 * @param lengths their tokens
 * @param states [sum of lengths, H]; null until {@link #with} gives them
 */
record PackedRows(int[] rows, int[] lengths, NDArray states) {
  static PackedRows of(int[] rows, IntUnaryOperator tokens) {
    return new PackedRows(rows, Arrays.stream(rows).map(tokens).toArray(), null);
  }

  PackedRows with(NDArray newStates) {
    return new PackedRows(rows, lengths, newStates);
  }

  int count() {
    return rows.length;
  }

  int row(int index) {
    return rows[index];
  }

  /** The rows at the indices that {@code keep} accepts, in the same order, without states. */
  PackedRows filter(IntPredicate keep) {
    int[] kept = IntStream.range(0, rows.length).filter(keep).toArray();
    return new PackedRows(
        Arrays.stream(kept).map(i -> rows[i]).toArray(),
        Arrays.stream(kept).map(i -> lengths[i]).toArray(),
        null);
  }

  /** Neighbours together as long as they hold at most {@code limit} tokens; one row at least. */
  List<Batch> batches(int limit) {
    List<Batch> batches = new ArrayList<>();
    long firstToken = 0;
    int from = 0;
    while (from < rows.length) {
      int to = from;
      int tokens = 0;
      while (to < rows.length && (to == from || tokens + lengths[to] <= limit)) {
        tokens += lengths[to++];
      }
      batches.add(
          new Batch(
              firstToken,
              Arrays.copyOfRange(rows, from, to),
              Arrays.copyOfRange(lengths, from, to)));
      firstToken += tokens;
      from = to;
    }
    return batches;
  }

  /**
   * For each token of {@code wanted}, its index in the sources' states laid end to end; a row is
   * taken from the first source that holds it.
   *
   * @param windowRows rows in the window
   */
  static int[] tokensOf(PackedRows wanted, List<PackedRows> sources, int windowRows) {
    int[] start = new int[windowRows];
    Arrays.fill(start, -1);
    int token = 0;
    for (PackedRows source : sources) {
      for (int i = 0; i < source.rows.length; i++) {
        if (start[source.rows[i]] < 0) {
          start[source.rows[i]] = token;
        }
        token += source.lengths[i];
      }
    }
    int[] tokens = new int[Arrays.stream(wanted.lengths).sum()];
    int next = 0;
    for (int i = 0; i < wanted.rows.length; i++) {
      for (int t = 0; t < wanted.lengths[i]; t++) {
        tokens[next++] = start[wanted.rows[i]] + t;
      }
    }
    return tokens;
  }
}
