package org.smartbert.model.training;

import java.util.stream.IntStream;

/** Agrees on the words that occur in a global batch. */
final class OccurredWords {
  /** A double counts exactly below 2^53. */
  private static final int BITS = 53;

  private OccurredWords() {}

  /**
   * The union over all workers, ascending: the same on each.
   *
   * @param own words of this worker, without repetition
   * @param words in the vocabulary
   */
  static int[] of(GradientSync sync, int[] own, int words) {
    // Every word has a field that holds the number of workers at most, so that sums are counts.
    int width = Integer.SIZE - Integer.numberOfLeadingZeros(sync.worldSize());
    int fields = BITS / width;
    double[] counts = new double[(words + fields - 1) / fields];
    for (int word : own) {
      counts[word / fields] += (double) (1L << shift(word, fields, width));
    }
    sync.sum(counts);
    long mask = (1L << width) - 1;
    return IntStream.range(0, words)
        .filter(word -> (((long) counts[word / fields] >> shift(word, fields, width)) & mask) != 0)
        .toArray();
  }

  private static int shift(int word, int fields, int width) {
    return (word % fields) * width;
  }
}
