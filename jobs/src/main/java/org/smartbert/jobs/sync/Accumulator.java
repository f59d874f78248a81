package org.smartbert.jobs.sync;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import org.smartbert.jobs.sync.RingSettings.Wire;

/**
 * Arithmetic between a frame and the values, through arrays, which the compiler turns into vector
 * instructions where single accesses of direct buffers stay single. The arrays fit the first-level
 * cache.
 */
final class Accumulator {
  private static final int BLOCK = 2048;
  private static final int EXPONENT = 0x7F800000;

  private final float[] incoming = new float[BLOCK];
  private final float[] own = new float[BLOCK];
  private final short[] rounded = new short[BLOCK];

  /** Adds a frame to the values from index {@code from} on. */
  void add(ByteBuffer payload, Wire wire, ByteBuffer values, int from) {
    ByteBuffer in = payload.duplicate().order(ByteOrder.nativeOrder());
    FloatBuffer target = values.asFloatBuffer();
    for (int at = from; in.hasRemaining(); ) {
      int count = load(in, wire);
      target.position(at).get(own, 0, count);
      for (int i = 0; i < count; i++) {
        own[i] += incoming[i];
      }
      target.position(at).put(own, 0, count);
      at += count;
    }
  }

  /** Replaces the values from index {@code from} on by a frame. */
  void put(ByteBuffer payload, Wire wire, ByteBuffer values, int from) {
    ByteBuffer in = payload.duplicate().order(ByteOrder.nativeOrder());
    FloatBuffer target = values.asFloatBuffer().position(from);
    while (in.hasRemaining()) {
      target.put(incoming, 0, load(in, wire));
    }
  }

  /** Rounds values to bfloat16, in place and into {@code out}. */
  void round(ByteBuffer values, int from, int to, ByteBuffer out) {
    ShortBuffer target = out.asShortBuffer();
    FloatBuffer source = values.asFloatBuffer();
    for (int begin = from; begin < to; begin += BLOCK) {
      int count = Math.min(BLOCK, to - begin);
      source.position(begin).get(own, 0, count);
      for (int i = 0; i < count; i++) {
        int bits = Float.floatToRawIntBits(own[i]);
        // To the nearest, ties to even. Infinities and NaNs, whose exponent is all ones, are cut:
        // rounding up would carry a NaN over into a number.
        int finite = ((bits & EXPONENT) - EXPONENT) >> 31;
        int nearest = bits + ((0x7FFF + ((bits >>> 16) & 1)) & finite);
        rounded[i] = (short) (nearest >>> 16);
        own[i] = Float.intBitsToFloat(nearest & 0xFFFF0000);
      }
      source.position(begin).put(own, 0, count);
      target.put(rounded, 0, count);
    }
  }

  /** Takes the next values of a frame, a block at most, into {@link #incoming}. */
  private int load(ByteBuffer in, Wire wire) {
    int count = Math.min(BLOCK, in.remaining() / wire.bytes());
    if (wire == Wire.FLOAT32) {
      in.asFloatBuffer().get(incoming, 0, count);
    } else {
      in.asShortBuffer().get(rounded, 0, count);
      for (int i = 0; i < count; i++) {
        incoming[i] = Float.intBitsToFloat(rounded[i] << 16);
      }
    }
    in.position(in.position() + count * wire.bytes());
    return count;
  }
}
