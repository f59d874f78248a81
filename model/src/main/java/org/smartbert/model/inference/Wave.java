package org.smartbert.model.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.cost.Flops;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.torch.TorchScript;
import org.smartbert.model.torch.TorchScript.Mode;

/**
 * One window of rows on its way through the layers. The rows still in flight lie end to end, sorted
 * by length, in one matrix of tokens; each layer cuts it into batches, computes the rows that do
 * not skip, and packs those that stay for the next layer.
 */
final class Wave {
  private final PackedWeights weights;
  private final TorchScript script;
  private final BertConfig config;
  private final InferenceSettings settings;
  private final Flops cost;
  private final List<EncodedText> rows;
  private final RowTrace[] traces;
  private final Decision[] decisions;

  Wave(SmartBertModel model, InferenceSettings settings, List<EncodedText> rows) {
    this.weights = model.weights();
    this.script = model.script();
    this.config = model.config();
    this.settings = settings;
    this.cost = new Flops(config);
    this.rows = rows;
    this.traces = new RowTrace[rows.size()];
    this.decisions = new Decision[rows.size()];
    Arrays.setAll(traces, r -> new RowTrace(rows.get(r).tokens(), config.layers()));
  }

  /** The decisions in the order of the rows. */
  List<Decision> run() {
    int[] byLength =
        IntStream.range(0, rows.size())
            .boxed()
            .sorted(Comparator.comparingInt(this::tokens))
            .mapToInt(Integer::intValue)
            .toArray();
    try (NDManager start = NDManager.newBaseManager()) {
      PackedRows inFlight = embed(start, byLength);
      NDManager scope = start;
      for (int layer = 0; layer < config.layers() && inFlight.count() > 0; layer++) {
        NDManager next = start.newSubManager();
        inFlight = step(scope, next, inFlight, layer);
        if (scope != start) {
          scope.close();
        }
        scope = next;
      }
    }
    return Arrays.asList(decisions);
  }

  private int tokens(int row) {
    return rows.get(row).tokens();
  }

  private PackedRows embed(NDManager scope, int[] order) {
    int[] ids = Arrays.stream(order).flatMap(r -> Arrays.stream(rows.get(r).inputIds())).toArray();
    int[] types =
        Arrays.stream(order).flatMap(r -> Arrays.stream(rows.get(r).tokenTypeIds())).toArray();
    PackedRows placed = PackedRows.of(order, this::tokens);
    NDArray states =
        script
            .call(
                Mode.INFERENCE,
                scope,
                "embed",
                TorchScript.indices(scope, ids),
                TorchScript.indices(scope, types),
                TorchScript.indices(scope, placed.lengths()),
                weights.embeddings(),
                config.layerNormEps(),
                weights.precision().scalarType())
            .get(0);
    return placed.with(states);
  }

  /**
   * Layer {@code layer} (from 0) of every row in flight.
   *
   * @param scope owner of what is needed until the next layer stands
   * @param next owner of the next layer's tokens
   * @return the rows that go on
   */
  private PackedRows step(NDManager scope, NDManager next, PackedRows inFlight, int layer) {
    boolean last = layer == config.layers() - 1;
    boolean[] skips = skips(scope, inFlight, layer);
    PackedRows executing = inFlight.filter(i -> !skips[i]);
    if (executing.count() < inFlight.count() && executing.count() > 0) {
      executing = executing.with(gather(scope, List.of(inFlight), executing));
    } else if (executing.count() > 0) {
      executing = executing.with(inFlight.states());
    }

    boolean asks = last || settings.exit().canExit();
    List<NDArray> outputs = new ArrayList<>();
    for (Batch batch : executing.batches(settings.batchTokens())) {
      NDList result = execute(scope, executing, batch, layer, asks);
      outputs.add(result.get(0));
      for (int row : batch.rows()) {
        traces[row].layerExecuted(cost);
      }
      if (asks) {
        leave(batch, result.subNDList(1), last);
      }
    }
    if (last) {
      finishSkipped(scope, inFlight.filter(i -> skips[i]).with(inFlight.states()), inFlight, layer);
      return inFlight.filter(i -> false);
    }
    PackedRows staying = inFlight.filter(i -> decisions[inFlight.row(i)] == null);
    if (staying.count() == 0) {
      return staying;
    }
    PackedRows done = outputs.isEmpty() ? executing : executing.with(gatherAll(scope, outputs));
    if (staying.count() == executing.count() && executing.count() == inFlight.count()) {
      done.states().attach(next);
      return done;
    }
    return staying.with(
        gather(next, outputs.isEmpty() ? List.of(inFlight) : List.of(done, inFlight), staying));
  }

  private boolean[] skips(NDManager scope, PackedRows inFlight, int layer) {
    boolean[] skips = new boolean[inFlight.count()];
    if (settings.gates() == Gates.OFF) {
      return skips;
    }
    int i = 0;
    for (Batch batch : inFlight.batches(settings.batchTokens())) {
      float[] probabilities =
          script
              .call(
                  Mode.INFERENCE,
                  scope,
                  "skip_probability",
                  inFlight.states(),
                  batch.firstToken(),
                  TorchScript.indices(scope, batch.lengths()),
                  weights.gate(layer),
                  config.heads().gateHeads())
              .get(0)
              .toFloatArray();
      for (int b = 0; b < probabilities.length; b++, i++) {
        RowTrace trace = traces[batch.rows()[b]];
        trace.gateAsked(cost);
        skips[i] = probabilities[b] >= config.heads().skipThreshold();
        if (skips[i]) {
          trace.layerSkipped();
        }
      }
    }
    return skips;
  }

  private NDList execute(
      NDManager scope, PackedRows executing, Batch batch, int layer, boolean asks) {
    NDArray lengths = TorchScript.indices(scope, batch.lengths());
    return asks
        ? script.call(
            Mode.INFERENCE,
            scope,
            "layer_and_classify",
            executing.states(),
            batch.firstToken(),
            lengths,
            weights.layer(layer),
            config.attentionHeads(),
            config.layerNormEps(),
            weights.classifier(layer),
            config.heads().classifierHeads())
        : script.call(
            Mode.INFERENCE,
            scope,
            "layer",
            executing.states(),
            batch.firstToken(),
            lengths,
            weights.layer(layer),
            config.attentionHeads(),
            config.layerNormEps());
  }

  /** Rows that skipped layer L leave with C^L(X^L) all the same. */
  private void finishSkipped(NDManager scope, PackedRows skipped, PackedRows inFlight, int layer) {
    if (skipped.count() == 0) {
      return;
    }
    PackedRows packed = skipped.with(gather(scope, List.of(inFlight), skipped));
    for (Batch batch : packed.batches(settings.batchTokens())) {
      NDList result =
          script.call(
              Mode.INFERENCE,
              scope,
              "classify",
              packed.states(),
              batch.firstToken(),
              TorchScript.indices(scope, batch.lengths()),
              weights.classifier(layer),
              config.heads().classifierHeads());
      leave(batch, result, true);
    }
  }

  /** Records the decision of each row of a batch that exits, or of all at the last layer. */
  private void leave(Batch batch, NDList result, boolean all) {
    int classes = config.classes();
    float[] logits = result.get(0).toFloatArray();
    float[] probabilities = result.get(1).toFloatArray();
    float[] entropies = result.get(2).toFloatArray();
    for (int b = 0; b < entropies.length; b++) {
      RowTrace trace = traces[batch.rows()[b]];
      trace.classifierAsked(cost);
      if (all || settings.exit().exits(entropies[b], classes)) {
        decisions[batch.rows()[b]] =
            trace.decided(
                Arrays.copyOfRange(logits, b * classes, (b + 1) * classes),
                Arrays.copyOfRange(probabilities, b * classes, (b + 1) * classes),
                entropies[b],
                cost);
      }
    }
  }

  private NDArray gatherAll(NDManager scope, List<NDArray> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    return script.call(Mode.INFERENCE, scope, "join", new NDList(parts)).get(0);
  }

  /** The tokens of {@code wanted}, each row from the first source that holds it. */
  private NDArray gather(NDManager scope, List<PackedRows> sources, PackedRows wanted) {
    int[] tokens = PackedRows.tokensOf(wanted, sources, rows.size());
    NDList states = new NDList();
    sources.forEach(source -> states.add(source.states()));
    return script
        .call(Mode.INFERENCE, scope, "select", states, TorchScript.indices(scope, tokens))
        .get(0);
  }
}
