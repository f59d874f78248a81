package org.smartbert.model.training;

/** What forward and backward are computed in; parameters and optimiser are float32 always. */
public enum Precision {
  FP32(6),
  BF16(15);

  /** PyTorch's number of the type. */
  private final int scalarType;

  Precision(int scalarType) {
    this.scalarType = scalarType;
  }

  int scalarType() {
    return scalarType;
  }
}
