package org.smartbert.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.smartbert.model.text.EncodedText;

/** Rows of random tokens with the lengths of real texts, [CLS] and [SEP] counted. */
enum RowLengths {
  /** 32 tokens each. */
  EQUAL32(32, 32),
  /** 128 tokens each. */
  EQUAL128(128, 128),
  /** SST-2's sentences: the twentieths of its dev set's lengths. */
  SST2(4, 9, 11, 13, 14, 16, 17, 18, 19, 21, 22, 23, 25, 26, 28, 29, 31, 33, 36, 40, 52),
  /** IMDB's reviews cut at 128: nine of ten are longer. */
  IMDB(
      10, 76, 108, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
      128, 128);

  private static final int FIRST_WORD = 1000;
  private static final int SEED = 3;

  @SuppressWarnings("ImmutableEnumChecker") // Stream.toList's list cannot be changed.
  private final List<Integer> quantiles;

  RowLengths(int... quantiles) {
    this.quantiles = Arrays.stream(quantiles).boxed().toList();
  }

  /** As many rows as hold about {@code tokens} tokens. */
  List<EncodedText> rows(int tokens, int vocabulary) {
    Random random = new Random(SEED);
    List<EncodedText> rows = new ArrayList<>();
    for (int sum = 0; sum < tokens; sum += rows.get(rows.size() - 1).tokens()) {
      double at = random.nextDouble() * (quantiles.size() - 1);
      int below = (int) at;
      int shorter = quantiles.get(below);
      int length = (int) Math.round(shorter + (at - below) * (quantiles.get(below + 1) - shorter));
      rows.add(
          new EncodedText(
              random.ints(length, FIRST_WORD, vocabulary).toArray(), new int[length], false));
    }
    return rows;
  }
}
