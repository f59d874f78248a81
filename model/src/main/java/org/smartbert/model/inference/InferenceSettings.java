package org.smartbert.model.inference;

/**
 * How rows are decided and how many are held at once.
 *
 * @param exit when a row leaves early
 * @param gates whether layers may be skipped
 * @param batchTokens tokens of one native call; rows of like length go together. A single longer
 *     row goes alone.
 * @param windowTokens tokens in flight: rows are pulled from the input until they reach this. The
 *     engine's memory is about {@code 4 * windowTokens * (3 H)} bytes beside the weights and one
 *     batch's activations.
 */
public record InferenceSettings(ExitPolicy exit, Gates gates, int batchTokens, int windowTokens) {
  public static final float DEFAULT_ENTROPY_THRESHOLD = 0.3f;

  public InferenceSettings {
    if (batchTokens < 1 || windowTokens < 1) {
      throw new IllegalArgumentException(
          "batchTokens " + batchTokens + " and windowTokens " + windowTokens + " must be positive");
    }
  }

  public static InferenceSettings defaults() {
    return of(new ExitPolicy.Entropy(DEFAULT_ENTROPY_THRESHOLD), Gates.ON);
  }

  public static InferenceSettings of(ExitPolicy exit, Gates gates) {
    return new InferenceSettings(exit, gates, 1024, 16384);
  }
}
