package org.smartbert.model.inference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** The rows that wait for one layer, first come first served. Owner of their states. */
final class LayerQueue implements AutoCloseable {
  private final ArrayDeque<PackedRows> waiting = new ArrayDeque<>();
  private int tokens;

  int tokens() {
    return tokens;
  }

  void add(PackedRows part) {
    waiting.add(part);
    tokens += part.tokens();
  }

  /**
   * The oldest parts until they have {@code enough} tokens together; fewer where the next one would
   * make them twice as many, and more where the oldest has more alone.
   */
  List<PackedRows> take(int enough) {
    List<PackedRows> taken = new ArrayList<>();
    int sum = 0;
    while (!waiting.isEmpty()
        && sum < enough
        && (taken.isEmpty() || sum + waiting.peek().tokens() < 2L * enough)) {
      PackedRows next = waiting.poll();
      sum += next.tokens();
      taken.add(next);
    }
    tokens -= sum;
    return taken;
  }

  @Override
  public void close() {
    waiting.forEach(PackedRows::close);
    waiting.clear();
    tokens = 0;
  }
}
