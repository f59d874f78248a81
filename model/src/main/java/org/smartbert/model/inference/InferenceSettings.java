package org.smartbert.model.inference;

import org.smartbert.model.bert.Method;

/**
 * How rows are decided and how many are held at once.
 *
 * @param exit when a row exits early
 * @param gates whether layers may be skipped
 * @param batchTokens new rows come in batches of at most so many tokens, a single longer row alone;
 *     a layer waits until about as many stand before it, and takes fewer than twice as many, or one
 *     part of an earlier batch that cannot be divided
 * @param tokensInFlight bound of the tokens of rows that were taken from the input and whose
 *     decisions were not yet given out, but for the last row taken. It bounds the engine's native
 *     memory: about {@code 2 * 4 * H} bytes for each in addition to the weights and one batch's
 *     activations.
 */
public record InferenceSettings(ExitPolicy exit, Gates gates, int batchTokens, int tokensInFlight) {
  public static final float DEFAULT_ENTROPY_THRESHOLD = 0.3f;

  /** Measured on BERT-base: 512 to 4096 differ by some hundredths only. */
  private static final int BATCH_TOKENS = 2048;

  private static final int TOKENS_IN_FLIGHT = 1 << 16;

  public InferenceSettings {
    if (batchTokens < 1 || tokensInFlight < 1) {
      throw new IllegalArgumentException(
          "batchTokens %d and tokensInFlight %d must be positive"
              .formatted(batchTokens, tokensInFlight));
    }
  }

  /** All that a method has, at the default threshold. */
  public static InferenceSettings defaults(Method method) {
    return of(ExitPolicy.of(method, DEFAULT_ENTROPY_THRESHOLD), Gates.ON);
  }

  public static InferenceSettings of(ExitPolicy exit, Gates gates) {
    return new InferenceSettings(exit, gates, BATCH_TOKENS, TOKENS_IN_FLIGHT);
  }

  /** What of this a network can do: one without gates cannot skip, one without exits not leave. */
  public InferenceSettings within(Method.Mechanism mechanism) {
    return new InferenceSettings(
        mechanism.exits() ? exit : new ExitPolicy.Never(),
        mechanism.skips() ? gates : Gates.OFF,
        batchTokens,
        tokensInFlight);
  }

  /**
   * Tokens that a layer waits for: a sixteenth less than a batch, because rows seldom fill one
   * exactly and a batch that nobody left should not wait for another.
   */
  int enoughTokens() {
    return batchTokens - batchTokens / 16;
  }

  /** Tokens that are taken from the input and sorted by length at a time. */
  int windowTokens() {
    return Math.max(1, tokensInFlight / 4);
  }
}
