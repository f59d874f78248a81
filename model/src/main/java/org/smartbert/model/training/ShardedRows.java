package org.smartbert.model.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One worker's training rows and their place in the global batches.
 *
 * <p>Row i of the whole set belongs to lane {@code i mod batchSize}. Each epoch shuffles every lane
 * by itself, and batch b is the b-th row of every lane. A worker owns a run of neighbouring lanes.
 * So the batches are the same whatever the number of workers, a worker needs its own rows only, and
 * shares differ by one row at most.
 *
 * @param total rows over all workers
 * @param own this worker's rows, in the order of the whole set
 */
public record ShardedRows(
    long total, List<LabelledText> own, int batchSize, int rank, int worldSize) {

  public ShardedRows {
    own = List.copyOf(own);
  }

  /** All rows, for a worker alone. */
  public static ShardedRows all(List<LabelledText> rows, int batchSize) {
    return new ShardedRows(rows.size(), rows, batchSize, 0, 1);
  }

  /** The worker that owns row {@code index} of the whole set. */
  public static int owner(long index, int batchSize, int worldSize) {
    long lane = index % batchSize;
    return (int) (((lane + 1) * worldSize - 1) / batchSize);
  }

  int batches() {
    return Math.toIntExact((total + batchSize - 1) / batchSize);
  }

  /** Rows of a global batch, counted from 0; the last may be smaller. */
  int rowsOf(int batch) {
    return (int) Math.min(batchSize, total - (long) batch * batchSize);
  }

  /** This worker's share of every batch of an epoch; a share may be empty. */
  List<List<LabelledText>> epoch(long seed) {
    int first = (int) ((long) batchSize * rank / worldSize);
    int end = (int) ((long) batchSize * (rank + 1) / worldSize);
    List<List<LabelledText>> shares = new ArrayList<>(batches());
    for (int b = 0; b < batches(); b++) {
      shares.add(new ArrayList<>(end - first));
    }
    for (int lane = first; lane < end; lane++) {
      int length = laneLength(lane);
      int[] order = shuffled(length, seed * 1_000_003 + lane);
      for (int b = 0; b < length; b++) {
        shares.get(b).add(own.get(order[b] * (end - first) + lane - first));
      }
    }
    return shares;
  }

  private int laneLength(int lane) {
    return Math.toIntExact((total - lane + batchSize - 1) / batchSize);
  }

  private static int[] shuffled(int size, long seed) {
    int[] order = new int[size];
    Random random = new Random(seed);
    for (int i = 0; i < size; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
