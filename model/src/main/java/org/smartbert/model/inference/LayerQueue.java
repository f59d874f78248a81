package org.smartbert.model.inference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** The rows that wait for one layer, first come first served. Owner of their states. */
final class LayerQueue implements AutoCloseable {
  private final ArrayDeque<Stretch> waiting = new ArrayDeque<>();
  private int tokens;

  int tokens() {
    return tokens;
  }

  void add(Stretch stretch) {
    waiting.add(stretch);
    tokens += stretch.tokens();
  }

  /** The oldest stretches of together at most {@code limit} tokens, one at least. */
  List<Stretch> take(int limit) {
    List<Stretch> taken = new ArrayList<>();
    int sum = 0;
    while (!waiting.isEmpty() && (taken.isEmpty() || sum + waiting.peek().tokens() <= limit)) {
      Stretch next = waiting.poll();
      sum += next.tokens();
      taken.add(next);
    }
    tokens -= sum;
    return taken;
  }

  @Override
  public void close() {
    waiting.forEach(Stretch::close);
    waiting.clear();
    tokens = 0;
  }
}
