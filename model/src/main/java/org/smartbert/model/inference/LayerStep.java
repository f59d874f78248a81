package org.smartbert.model.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.cost.Flops;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.torch.TorchScript;
import org.smartbert.model.torch.TorchScript.Mode;

/**
 * One layer for one batch of rows: the gate, the layer for those that do not skip, the classifier,
 * and who leaves. At most five native calls and two reads, whatever the number of rows.
 */
final class LayerStep {
  private final PackedWeights weights;
  private final TorchScript script;
  private final BertConfig config;
  private final InferenceSettings settings;
  private final Flops cost;

  LayerStep(Network network, InferenceSettings settings) {
    this.weights = network.weights();
    this.script = network.script();
    this.config = network.config();
    this.settings = settings;
    this.cost = new Flops(config);
  }

  /** X^0 of new rows. */
  PackedRows embed(NDManager owner, List<Row> rows) {
    int tokens = PackedRows.rounded(PackedRows.tokens(rows));
    int[] ids = endToEnd(rows, tokens, EncodedText::inputIds);
    int[] types = endToEnd(rows, tokens, EncodedText::tokenTypeIds);
    try (NDManager scope = owner.newSubManager()) {
      NDList states =
          script.call(
              Mode.INFERENCE,
              owner,
              "embed",
              TorchScript.indices(scope, ids),
              TorchScript.indices(scope, types),
              lengths(scope, rows),
              weights.embeddings(),
              config.vocabSize(),
              config.vocabSize() + config.tokenTypes(),
              config.layerNormEps(),
              weights.precision().scalarType(),
              weights.inputScale(0));
      return PackedRows.whole(states, rows);
    }
  }

  private static int[] endToEnd(List<Row> rows, int tokens, Function<EncodedText, int[]> of) {
    int[] all = new int[tokens];
    Arrays.fill(all, of.apply(rows.get(0).text())[0]);
    int next = 0;
    for (Row row : rows) {
      int[] part = of.apply(row.text());
      System.arraycopy(part, 0, all, next, part.length);
      next += part.length;
    }
    return all;
  }

  /** One matrix of the rows of several, which are closed. */
  PackedRows assemble(NDManager owner, List<PackedRows> batches) {
    PackedRows only = batches.get(0);
    if (batches.size() == 1 && only.isWhole()) {
      return only;
    }
    try (NDManager scope = owner.newSubManager()) {
      NDList parts = new NDList();
      NDList tokens = new NDList();
      List<Row> rows = new ArrayList<>();
      for (PackedRows batch : batches) {
        parts.addAll(batch.states());
        tokens.add(TorchScript.indices(scope, batch.exactTokens()));
        rows.addAll(batch.rows());
      }
      NDList states =
          script.call(
              Mode.INFERENCE,
              owner,
              "assemble",
              parts,
              tokens,
              PackedRows.rounded(PackedRows.tokens(rows)));
      batches.forEach(PackedRows::close);
      return PackedRows.whole(states, rows);
    }
  }

  /**
   * Takes rows through a layer, counted from 0.
   *
   * @param batch rows end to end; closed, or given back where all of them skip
   * @return the rows that continue, in at most two matrices
   */
  List<PackedRows> run(NDManager owner, PackedRows batch, int layer) {
    boolean last = layer == config.layers() - 1;
    try (NDManager scope = owner.newSubManager()) {
      boolean[] skips = skips(scope, batch, layer);
      int[] executing = indices(batch, r -> !skips[r]);
      int[] skipping = indices(batch, r -> skips[r]);
      List<PackedRows> onward = new ArrayList<>();
      if (executing.length > 0) {
        execute(scope, owner, batch, executing, layer).ifPresent(onward::add);
      }
      for (int r : skipping) {
        batch.rows().get(r).trace().layerSkipped();
      }
      if (last) {
        finishSkipped(scope, batch, skipping, layer);
      } else if (skipping.length > 0) {
        onward.add(kept(owner, batch, skipping));
      }
      if (last || skipping.length == 0 || !staysInPlace(batch, skipping)) {
        batch.close();
      }
      return onward;
    }
  }

  private boolean[] skips(NDManager scope, PackedRows batch, int layer) {
    boolean[] skips = new boolean[batch.rows().size()];
    if (settings.gates() == Gates.OFF) {
      return skips;
    }
    float[] probabilities =
        script
            .call(
                Mode.INFERENCE,
                scope,
                "skip_probability",
                batch.states(),
                lengths(scope, batch.rows()),
                weights.gate(layer),
                config.heads().gateHeads())
            .get(0)
            .toFloatArray();
    for (int r = 0; r < skips.length; r++) {
      batch.rows().get(r).trace().gateAsked(cost);
      skips[r] = probabilities[r] >= config.heads().skipThreshold();
    }
    return skips;
  }

  private Optional<PackedRows> execute(
      NDManager scope, NDManager owner, PackedRows batch, int[] executing, int layer) {
    boolean last = layer == config.layers() - 1;
    boolean evaluates = last || settings.exit().canExit();
    List<Row> rows = Arrays.stream(executing).mapToObj(batch.rows()::get).toList();
    List<Object> arguments = layerArguments(scope, batch, executing, layer);
    if (evaluates) {
      arguments.add(weights.classifier(layer));
      arguments.add(config.heads().classifierHeads());
    }
    NDList result =
        script.call(
            Mode.INFERENCE,
            scope,
            evaluates ? "layer_and_decide" : "layer_only",
            arguments.toArray());
    rows.forEach(row -> row.trace().layerExecuted(cost));
    if (evaluates) {
      leave(rows, result.get(0).toFloatArray(), last);
    }
    PackedRows done = PackedRows.whole(evaluates ? result.subNDList(1) : result, rows);
    int[] staying = indices(done, r -> !rows.get(r).decided());
    return staying.length == 0 ? Optional.empty() : Optional.of(kept(owner, done, staying));
  }

  private List<Object> layerArguments(
      NDManager scope, PackedRows batch, int[] executing, int layer) {
    List<Row> rows = Arrays.stream(executing).mapToObj(batch.rows()::get).toList();
    return new ArrayList<>(
        List.of(
            batch.states(),
            TorchScript.indices(scope, batch.tokensOf(executing)),
            lengths(scope, rows),
            weights.attention().of(rows),
            weights.layer(layer),
            config.attentionHeads(),
            config.layerNormEps(),
            weights.inputScale(layer + 1)));
  }

  /** X^L of a batch: no gate is asked, no exit evaluated. The batch is closed. */
  PackedRows fullDepth(NDManager owner, PackedRows batch) {
    PackedRows at = batch;
    for (int layer = 0; layer < config.layers(); layer++) {
      try (NDManager scope = owner.newSubManager();
          PackedRows before = at) {
        int[] all = indices(before, r -> true);
        Object[] arguments = layerArguments(scope, before, all, layer).toArray();
        NDList states = script.call(Mode.INFERENCE, owner, "layer_only", arguments);
        at = PackedRows.whole(states, before.rows());
      }
    }
    return at;
  }

  /**
   * The chosen rows of a part: in its own matrix, or in one of their own where they are fewer than
   * half of its tokens, so that few rows never hold much memory.
   */
  private PackedRows kept(NDManager owner, PackedRows part, int[] chosen) {
    List<Row> rows = Arrays.stream(chosen).mapToObj(part.rows()::get).toList();
    if (!staysInPlace(part, chosen)) {
      try (NDManager scope = owner.newSubManager()) {
        NDArray tokens = TorchScript.indices(scope, part.tokensOf(chosen));
        return PackedRows.whole(
            script.call(Mode.INFERENCE, owner, "select", part.states(), tokens), rows);
      }
    }
    part.states().attach(owner);
    return new PackedRows(
        part.states(),
        rows,
        Arrays.stream(chosen).map(r -> part.first()[r]).toArray(),
        part.filled());
  }

  private static boolean staysInPlace(PackedRows part, int[] chosen) {
    int tokens = Arrays.stream(chosen).map(r -> part.rows().get(r).tokens()).sum();
    return 2L * tokens >= part.filled();
  }

  /** Rows that skipped layer L leave with C^L(X^L) all the same. */
  private void finishSkipped(NDManager scope, PackedRows batch, int[] skipping, int layer) {
    if (skipping.length == 0) {
      return;
    }
    List<Row> rows = Arrays.stream(skipping).mapToObj(batch.rows()::get).toList();
    NDList states =
        script.call(
            Mode.INFERENCE,
            scope,
            "select",
            batch.states(),
            TorchScript.indices(scope, batch.tokensOf(skipping)));
    float[] result =
        script
            .call(
                Mode.INFERENCE,
                scope,
                "decide",
                states,
                lengths(scope, rows),
                weights.classifier(layer),
                config.heads().classifierHeads())
            .get(0)
            .toFloatArray();
    leave(rows, result, true);
  }

  /** Records the decision of each row that exits, or of all at the last layer. */
  private void leave(List<Row> rows, float[] result, boolean all) {
    int classes = config.classes();
    int width = 2 * classes + 1;
    for (int r = 0; r < rows.size(); r++) {
      Row row = rows.get(r);
      Answer answer = row.answered(result, r * width, classes, cost);
      if (all || settings.exit().exits(answer.entropy(), classes)) {
        row.leave(cost);
      }
    }
  }

  private static int[] indices(PackedRows part, IntPredicate wanted) {
    return IntStream.range(0, part.rows().size()).filter(wanted).toArray();
  }

  private static NDArray lengths(NDManager scope, List<Row> rows) {
    return TorchScript.indices(scope, rows.stream().mapToInt(Row::tokens).toArray());
  }
}
