package org.smartbert.model.training;

import java.nio.ByteBuffer;

/**
 * How the workers of one training run agree. Every worker holds a replica, computes its share of
 * each global batch, and calls these methods in the same order.
 */
public interface GradientSync extends AutoCloseable {
  /** This worker's number, from 0. */
  int rank();

  int worldSize();

  /** Replaces the values by their sums over all workers. */
  void sum(double[] values);

  /** Replaces float32 values in native byte order by their sums over all workers. */
  void sum(ByteBuffer gradient);

  @Override
  void close();

  /** One worker alone: every sum is there already. */
  static GradientSync single() {
    return new GradientSync() {
      @Override
      public int rank() {
        return 0;
      }

      @Override
      public int worldSize() {
        return 1;
      }

      @Override
      public void sum(double[] values) {}

      @Override
      public void sum(ByteBuffer gradient) {}

      @Override
      public void close() {}
    };
  }
}
