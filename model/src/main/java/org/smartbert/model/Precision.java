package org.smartbert.model;

/**
 * What a network is computed in. Training keeps parameters and optimiser in float32; entropies,
 * losses and decisions are float32 always.
 */
public enum Precision {
  /** float32 throughout. */
  FP32(6),
  /** bfloat16 throughout. */
  BF16(15),
  /**
   * Inference only: 8-bit integers in the large products of a quantised model, bfloat16 in
   * attention and heads, float32 between layers.
   */
  INT8(6);

  private final int scalarType;

  Precision(int scalarType) {
    this.scalarType = scalarType;
  }

  /** PyTorch's number of the type that tokens have between layers. */
  public int scalarType() {
    return scalarType;
  }
}
