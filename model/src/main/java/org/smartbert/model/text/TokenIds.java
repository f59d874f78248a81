package org.smartbert.model.text;

import java.util.Arrays;

/** A list of token ids that grows. */
final class TokenIds {
  private int[] ids = new int[32];
  private int size;

  int size() {
    return size;
  }

  void add(int id) {
    reserve(1);
    ids[size++] = id;
  }

  void addAll(int[] more) {
    reserve(more.length);
    System.arraycopy(more, 0, ids, size, more.length);
    size += more.length;
  }

  private void reserve(int more) {
    if (size + more > ids.length) {
      ids = Arrays.copyOf(ids, 2 * (size + more));
    }
  }

  /** Writes the first {@code count} ids to {@code target} from {@code at} on. */
  void copyTo(int[] target, int at, int count) {
    System.arraycopy(ids, 0, target, at, count);
  }
}
