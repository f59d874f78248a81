package org.smartbert.model.io;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * A named float32 tensor in the Java heap or a direct buffer, row-major.
 *
 * @param name the checkpoint's name, for example {@code bert.embeddings.LayerNorm.weight}
 * @param shape the dimensions, outermost first; empty for a scalar
 * @param values {@code product(shape)} values from position 0 to the limit
 */
public record HostTensor(String name, List<Long> shape, FloatBuffer values) {
  public HostTensor {
    shape = List.copyOf(shape);
    long size = shape.stream().reduce(1L, Math::multiplyExact);
    if (size != values.limit()) {
      throw new IllegalArgumentException(
          "Tensor " + name + " of shape " + shape + " cannot hold " + values.limit() + " values");
    }
  }

  public static HostTensor of(String name, float[] values, long... shape) {
    return new HostTensor(name, Arrays.stream(shape).boxed().toList(), FloatBuffer.wrap(values));
  }

  /** The same values in an array of their own. */
  public HostTensor copy() {
    float[] copied = new float[size()];
    values.duplicate().rewind().get(copied);
    return new HostTensor(name, shape, FloatBuffer.wrap(copied));
  }

  public int size() {
    return values.limit();
  }

  /** The dimensions as DJL takes them. */
  public long[] dimensions() {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }
}
