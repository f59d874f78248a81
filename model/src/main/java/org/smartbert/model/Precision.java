package org.smartbert.model;

/**
 * What a network is computed in. Training keeps parameters and optimiser in float32; entropies,
 * losses and decisions are float32 always.
 */
public enum Precision {
  FP32(6),
  BF16(15);

  private final int scalarType;

  Precision(int scalarType) {
    this.scalarType = scalarType;
  }

  /** PyTorch's number of the type. */
  public int scalarType() {
    return scalarType;
  }
}
