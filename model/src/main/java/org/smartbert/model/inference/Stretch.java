package org.smartbert.model.inference;

import ai.djl.ndarray.NDList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows whose states lie in one matrix of tokens, in order but not necessarily without gaps. Owner
 * of the matrix.
 *
 * @param states [tokens, H]; in int8 two of them, the states and their steps
 * @param rows the rows that are still of interest
 * @param first the token of {@code states} where each of them begins
 */
record Stretch(NDList states, List<Row> rows, int[] first) implements AutoCloseable {
  private static final int[] ALL = {};

  /** Rows that fill a matrix end to end. */
  static Stretch whole(NDList states, List<Row> rows) {
    int[] first = new int[rows.size()];
    for (int r = 1; r < first.length; r++) {
      first[r] = first[r - 1] + rows.get(r - 1).tokens();
    }
    return new Stretch(states, rows, first);
  }

  int tokens() {
    return tokens(rows);
  }

  /** Tokens of the matrix, those of rows that have gone included. */
  long matrixTokens() {
    return states.get(0).getShape().get(0);
  }

  static int tokens(List<Row> rows) {
    int tokens = 0;
    for (Row row : rows) {
      tokens += row.tokens();
    }
    return tokens;
  }

  /** The tokens of the rows at {@code chosen}, or none at all where that is the whole matrix. */
  int[] tokensOf(int[] chosen) {
    int count = 0;
    for (int r : chosen) {
      count += rows.get(r).tokens();
    }
    if (count == matrixTokens()) {
      return ALL;
    }
    int[] tokens = new int[count];
    int next = 0;
    for (int r : chosen) {
      int end = first[r] + rows.get(r).tokens();
      for (int t = first[r]; t < end; t++) {
        tokens[next++] = t;
      }
    }
    return tokens;
  }

  int[] tokensOfAll() {
    int[] all = new int[rows.size()];
    Arrays.setAll(all, r -> r);
    return tokensOf(all);
  }

  @Override
  public void close() {
    states.close();
  }
}
