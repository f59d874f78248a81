package org.smartbert.model.io;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** The types that weights come in: floats, and the whole steps of an int8 model. */
enum StoredType {
  F32(4) {
    @Override
    float next(ByteBuffer bytes) {
      return bytes.getFloat();
    }
  },
  F16(2) {
    @Override
    float next(ByteBuffer bytes) {
      return half(bytes.getShort());
    }
  },
  BF16(2) {
    @Override
    float next(ByteBuffer bytes) {
      return Float.intBitsToFloat(bytes.getShort() << 16);
    }
  },
  I8(1) {
    @Override
    float next(ByteBuffer bytes) {
      return bytes.get();
    }
  };

  private final int bytes;

  StoredType(int bytes) {
    this.bytes = bytes;
  }

  abstract float next(ByteBuffer bytes);

  int bytes() {
    return bytes;
  }

  void decode(ByteBuffer from, FloatBuffer to) {
    while (from.hasRemaining()) {
      to.put(next(from));
    }
  }

  /** The type of a safetensors name, or null if it is none that we read. */
  static StoredType of(String dtype) {
    for (StoredType type : values()) {
      if (type.name().equals(dtype)) {
        return type;
      }
    }
    return null;
  }

  /** IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
  static float half(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >>> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0) {
      // Zero and subnormals: fraction * 2^-24, exact in float32.
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int wide = exponent == 0x1f ? 0xff : exponent + (127 - 15);
    return Float.intBitsToFloat(sign | (wide << 23) | (fraction << 13));
  }
}
