package org.smartbert.backbones;

import java.nio.FloatBuffer;
import java.util.List;
import org.smartbert.model.io.HostTensor;

/** Matrices [in, out] as Hugging Face stores them, [out, in]. */
final class Transposed {
  /** Rows and columns of a tile, so that both matrices are read by cache lines. */
  private static final int TILE = 32;

  private Transposed() {}

  static List<Long> shape(List<Long> shape) {
    return List.of(shape.get(1), shape.get(0));
  }

  /**
   * The transpose of a matrix.
   *
   * @param values [rows, columns], row-major
   */
  static HostTensor of(String name, FloatBuffer values, int rows, int columns) {
    float[] transposed = new float[rows * columns];
    for (int top = 0; top < rows; top += TILE) {
      for (int left = 0; left < columns; left += TILE) {
        int bottom = Math.min(rows, top + TILE);
        int right = Math.min(columns, left + TILE);
        for (int row = top; row < bottom; row++) {
          for (int column = left; column < right; column++) {
            transposed[column * rows + row] = values.get(row * columns + column);
          }
        }
      }
    }
    return HostTensor.of(name, transposed, columns, rows);
  }
}
