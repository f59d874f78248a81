package org.smartbert.model.cost;

import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;

/**
 * Floating-point operations of one row of N real tokens, counted analytically by what its [CLS]
 * result needs; padding never counts. One multiply-add is 2 FLOPs. H: hidden size, F: feed-forward
 * size, A: head size, h: attention heads of the gate or classifier, C: classes.
 *
 * <ul>
 *   <li>layer(N) = 2N(4H² + 2HF) + 4N²H
 *   <li>attend(N, h) = 2NHA (projection) + 2A² ([CLS] query) + 2A² (query times the key weights) +
 *       2NAh (scores) + 2NAh (weighted sum of tokens) + 2A² (value weights)
 *   <li>gate(N) = attend(N, gate heads) + 2A
 *   <li>classifier(i, N) = attend(N, classifier heads) + 2A² (dense) + 2AC; on the pooled [CLS] 2H²
 *       + 2HC
 * </ul>
 *
 * Keys and values are folded into the one query and the one result, as the engine computes them, so
 * there is no N·A² term.
 */
public record Flops(BertConfig config) {
  /** The row length of the paper's tables. */
  private static final long PAPER_TOKENS = 128;

  /** One encoder layer. */
  public long layer(long n) {
    long h = config.hiddenSize();
    long f = config.intermediateSize();
    return 2 * n * (4 * h * h + 2 * h * f) + 4 * n * n * h;
  }

  /** One skipping gate. */
  public long gate(long n) {
    return attend(n, config.heads().gateHeads()) + 2L * config.heads().size();
  }

  /** The classifier of layer {@code i}, from 0. */
  public long classifier(int i, long n) {
    if (pools(i)) {
      return pooler();
    }
    long a = config.heads().size();
    return attend(n, config.heads().classifierHeads()) + 2 * a * a + 2 * a * config.classes();
  }

  private boolean pools(int i) {
    return config.mechanism().classifier(i, config.layers()) == Method.Classifier.POOLER;
  }

  /** A classifier on the pooled [CLS]: one token, whatever the row's length. */
  private long pooler() {
    long h = config.hiddenSize();
    return 2 * h * h + 2 * h * config.classes();
  }

  private long attend(long n, long heads) {
    long a = config.heads().size();
    return 2 * n * config.hiddenSize() * a + 6 * a * a + 4 * n * a * heads;
  }

  /** The row through all L plain layers and the last classifier. */
  public long full(long n) {
    return config.layers() * layer(n) + classifier(config.layers() - 1, n);
  }

  /** Table 2's layer: N = 128, linear layers only. */
  public long paperLayer() {
    long h = config.hiddenSize();
    return 2 * PAPER_TOKENS * (4 * h * h + 2 * h * config.intermediateSize());
  }

  /** Table 2's gate: N = 128, linear layers only, every token's query, key and value. */
  public long paperGate() {
    return paperAttend() + 2L * config.heads().size();
  }

  /**
   * Table 2's classifier, of layer {@code i} from 0: N = 128, linear layers only, every token's
   * query, key and value.
   */
  public long paperClassifier(int i) {
    if (pools(i)) {
      return pooler();
    }
    long a = config.heads().size();
    return paperAttend() + 2 * a * a + 2 * a * config.classes();
  }

  private long paperAttend() {
    long a = config.heads().size();
    return 2 * PAPER_TOKENS * (config.hiddenSize() * a + 3 * a * a);
  }

  /** Table 1's full cost: L layers. */
  public long paperFull() {
    return config.layers() * paperLayer();
  }
}
