package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OccurredWordsTest {
  private static final int WORDS = 1000;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 64, 1000})
  void allWorkersWordsAreFoundWhoeverHasThem(int workers) {
    Random random = new Random(workers);
    int[][] own =
        IntStream.range(0, workers)
            // Words that every worker has, the first and the last of the vocabulary among them.
            .mapToObj(
                rank ->
                    IntStream.concat(
                            IntStream.of(0, 17, WORDS - 1), random.ints(rank % 5, 0, WORDS))
                        .sorted()
                        .distinct()
                        .toArray())
            .toArray(int[][]::new);
    double[] sum = new double[0];
    for (int[] words : own) {
      double[] counts = counts(workers, words);
      sum = sum.length == 0 ? new double[counts.length] : sum;
      for (int i = 0; i < counts.length; i++) {
        sum[i] += counts[i];
      }
    }
    double[] total = sum;
    int[] expected =
        IntStream.range(0, workers)
            .flatMap(rank -> IntStream.of(own[rank]))
            .sorted()
            .distinct()
            .toArray();
    for (int[] words : own) {
      assertThat(
              OccurredWords.of(
                  new Fixed(workers, values -> System.arraycopy(total, 0, values, 0, total.length)),
                  words,
                  WORDS))
          .isEqualTo(expected);
    }
  }

  /** What a worker sends. */
  private static double[] counts(int workers, int[] words) {
    double[][] sent = new double[1][];
    OccurredWords.of(new Fixed(workers, values -> sent[0] = values.clone()), words, WORDS);
    return sent[0];
  }

  /** One of several workers, whose sums are known. */
  private record Fixed(int worldSize, Consumer<double[]> doubles) implements GradientSync {
    @Override
    public int rank() {
      return 0;
    }

    @Override
    public void sum(double[] values) {
      doubles.accept(values);
    }

    @Override
    public void sum(ByteBuffer gradient) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
