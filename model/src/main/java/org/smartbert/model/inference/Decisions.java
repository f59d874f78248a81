package org.smartbert.model.inference;

import ai.djl.ndarray.NDManager;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.smartbert.model.text.EncodedText;

/**
 * The decisions of a sequence of rows, lazily and in the rows' order. Each layer has a queue. A
 * layer is computed when a batch of tokens waits for it, the deepest such layer first; new rows
 * come in when none is ready, and what is left at the end goes through the layers from the first to
 * the last, so that stragglers meet. When too many tokens are in flight because an early row waits
 * in a queue that does not fill, that row's queue is computed as it is. For one thread, which
 * closes it.
 */
public final class Decisions implements Iterator<Decision>, AutoCloseable {
  private final Iterator<EncodedText> input;
  private final InferenceSettings settings;
  private final LayerStep step;
  private final int layers;
  private final NDManager owner;
  private final List<LayerQueue> queues;
  private final ArrayDeque<Row> inFlight = new ArrayDeque<>();
  private final ArrayDeque<Row> admitted = new ArrayDeque<>();
  private int tokensInFlight;
  private boolean longestFirst;

  Decisions(Network network, InferenceSettings settings, Iterator<EncodedText> input) {
    this.input = input;
    this.settings = settings;
    this.layers = network.config().layers();
    this.owner = network.weights().besideWeights();
    this.step = new LayerStep(network, settings);
    this.queues = IntStream.range(0, layers).mapToObj(i -> new LayerQueue()).toList();
  }

  @Override
  public boolean hasNext() {
    return !inFlight.isEmpty() || input.hasNext();
  }

  @Override
  public Decision next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    while (inFlight.isEmpty() || !inFlight.peek().decided()) {
      advance();
    }
    Row row = inFlight.poll();
    tokensInFlight -= row.tokens();
    return row.decision();
  }

  /** Does one piece of work: admits rows, or computes a layer for a batch. */
  private void advance() {
    int ready = deepestReady();
    if (ready >= 0) {
      compute(ready);
    } else if (!admitted.isEmpty()) {
      queues.get(0).add(step.embed(owner, nextAdmitted()));
      compute(0);
    } else if (input.hasNext() && tokensInFlight < settings.tokensInFlight()) {
      admit();
    } else if (input.hasNext()) {
      compute(inFlight.peek().layer());
    } else {
      compute(shallowestWaiting());
    }
  }

  private int deepestReady() {
    for (int layer = layers - 1; layer >= 0; layer--) {
      if (queues.get(layer).tokens() >= settings.enoughTokens()) {
        return layer;
      }
    }
    return -1;
  }

  private int shallowestWaiting() {
    for (int layer = 0; layer < layers; layer++) {
      if (queues.get(layer).tokens() > 0) {
        return layer;
      }
    }
    throw new IllegalStateException("Rows have no decision, and none is queued for a layer");
  }

  private void compute(int layer) {
    PackedRows batch = step.assemble(owner, queues.get(layer).take(settings.enoughTokens()));
    for (PackedRows onward : step.run(owner, batch, layer)) {
      queues.get(layer + 1).add(onward);
    }
  }

  /**
   * Takes a window of rows, sorted by length so that neighbours are alike; upwards and downwards in
   * turn, so that its ends are like its neighbours' too.
   */
  private void admit() {
    List<Row> window = new ArrayList<>();
    int tokens = 0;
    while (input.hasNext()
        && tokens < settings.windowTokens()
        && tokensInFlight + tokens < settings.tokensInFlight()) {
      Row row = new Row(input.next(), layers);
      window.add(row);
      tokens += row.tokens();
    }
    inFlight.addAll(window);
    tokensInFlight += tokens;
    Comparator<Row> order = Comparator.comparingInt(Row::tokens);
    window.sort(longestFirst ? order.reversed() : order);
    longestFirst = !longestFirst;
    admitted.addAll(window);
  }

  private List<Row> nextAdmitted() {
    List<Row> batch = new ArrayList<>();
    int tokens = 0;
    while (!admitted.isEmpty()
        && (batch.isEmpty() || tokens + admitted.peek().tokens() <= settings.batchTokens())) {
      Row row = admitted.poll();
      tokens += row.tokens();
      batch.add(row);
    }
    return batch;
  }

  /** Frees the rows in flight. */
  @Override
  public void close() {
    owner.close();
  }
}
