package org.smartbert.model.inference;

import ai.djl.ndarray.NDList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows whose states are in one matrix of tokens, in order but not necessarily without gaps. Owner
 * of the matrix.
 *
 * @param states [tokens, H]; in int8 two of them, the states and their steps
 * @param rows the rows that are still of interest
 * @param first the token of {@code states} where each of them begins
 * @param filled tokens of {@code states} that belonged to rows when it was made
 */
record PackedRows(NDList states, List<Row> rows, int[] first, int filled) implements AutoCloseable {
  private static final int[] ALL = {};

  /** Rows that fill a matrix end to end. */
  static PackedRows whole(NDList states, List<Row> rows) {
    int[] first = new int[rows.size()];
    for (int r = 1; r < first.length; r++) {
      first[r] = first[r - 1] + rows.get(r - 1).tokens();
    }
    return new PackedRows(states, rows, first, tokens(rows));
  }

  int tokens() {
    return tokens(rows);
  }

  /**
   * Tokens of a matrix for so many: oneDNN compiles a product for each number of tokens that it has
   * not met, so matrices have one of some sixty sizes. Behind the rows' tokens the first is
   * repeated.
   */
  static int rounded(int tokens) {
    int step = tokens <= 256 ? 16 : tokens <= 1024 ? 32 : 64;
    return (tokens + step - 1) / step * step;
  }

  static int tokens(List<Row> rows) {
    int tokens = 0;
    for (Row row : rows) {
      tokens += row.tokens();
    }
    return tokens;
  }

  /**
   * The tokens of the rows at {@code chosen}, then the first of them again up to a {@link #rounded}
   * number; none at all where that is the whole matrix.
   */
  int[] tokensOf(int[] chosen) {
    int count = Arrays.stream(chosen).map(r -> rows.get(r).tokens()).sum();
    return count == filled ? ALL : listed(chosen, rounded(count));
  }

  /** Whether the matrix holds nothing else than the rows. */
  boolean isWhole() {
    return tokens() == filled;
  }

  /** The tokens of all rows and nothing else. */
  int[] exactTokens() {
    return listed(IntStream.range(0, rows.size()).toArray(), tokens());
  }

  private int[] listed(int[] chosen, int size) {
    int[] tokens = new int[size];
    // Beyond the rows' tokens the first is repeated: calibration uses the rows' own tokens.
    Arrays.fill(tokens, first[chosen[0]]);
    int next = 0;
    for (int r : chosen) {
      int end = first[r] + rows.get(r).tokens();
      for (int t = first[r]; t < end; t++) {
        tokens[next++] = t;
      }
    }
    return tokens;
  }

  @Override
  public void close() {
    states.close();
  }
}
