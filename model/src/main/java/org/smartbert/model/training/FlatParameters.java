package org.smartbert.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import org.smartbert.model.Precision;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.torch.TorchScript;
import org.smartbert.model.torch.TorchScript.Mode;

/**
 * The trained parameters as one float32 vector together with their gradient, AdamW's moments and
 * the weights that the network computes with. All of them are allocated once and stay where they
 * are, so that a step allocates nothing of their size. Owner of its tensors.
 */
final class FlatParameters implements AutoCloseable {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPS = 1e-8;

  /** Values of a chunk: what AdamW reads twice stays in the caches, and its calls cost little. */
  private static final int CHUNK = 1 << 17;

  private final NDManager manager;
  private final TorchScript script;
  private final ParameterLayout layout;
  private final long chunk;
  private final FlatVector values;
  private final GradientVector gradient;
  private final FlatVector firstMoment;
  private final FlatVector secondMoment;
  private final NDArray working;
  private final NDArray scratch;
  private final NDArray[] steps;

  /**
   * @param precision of the weights that the network computes with
   */
  FlatParameters(
      ParameterLayout layout,
      Map<String, HostTensor> initial,
      Precision precision,
      TorchScript script,
      TorchDevice device) {
    this.manager = NDManager.newBaseManager(device.djl());
    this.script = script;
    this.layout = layout;
    // A GPU has no such caches, and would wait for every chunk.
    this.chunk = device.isGpu() ? Math.max(1, layout.size()) : CHUNK;
    this.values = FlatVector.zeros(script, layout, manager);
    this.gradient = new GradientVector(script, layout, manager);
    this.firstMoment = FlatVector.zeros(script, layout, manager);
    this.secondMoment = FlatVector.zeros(script, layout, manager);
    this.scratch = manager.zeros(new Shape(Math.min(chunk, layout.size())), DataType.FLOAT32);
    this.steps =
        layout.parts().stream()
            .map(part -> manager.zeros(new Shape(), DataType.FLOAT32))
            .toArray(NDArray[]::new);
    values.fill(initial);
    // In float32 it is the same memory.
    this.working =
        script.call(Mode.CONSTANT, manager, "cast", values.tensor(), precision.scalarType()).get(0);
  }

  FlatVector values() {
    return values;
  }

  GradientVector gradient() {
    return gradient;
  }

  /** The values in the precision that the network computes in. */
  NDArray working() {
    return working;
  }

  /** Optimiser steps taken. */
  long steps() {
    return (long) steps[0].getFloat();
  }

  /** Values and moments as they stand. */
  StageState state() {
    return new StageState(values.inPlace(), firstMoment.inPlace(), secondMoment.inPlace(), steps());
  }

  /** Takes over the values, moments and step count of a checkpoint. */
  void restore(StageState state) {
    values.fill(state.weights());
    firstMoment.fill(state.firstMoments());
    secondMoment.fill(state.secondMoments());
    for (NDArray step : steps) {
      step.addi(state.steps() - step.getFloat());
    }
    script.call(Mode.CONSTANT, manager, "assign", working, values.tensor());
  }

  /** Whether no value is infinite or NaN. */
  boolean isFinite() {
    try (NDManager scope = manager.newSubManager()) {
      return script.call(Mode.CONSTANT, scope, "finite", values.tensor(), chunk).get(0).getFloat()
          != 0;
    }
  }

  /**
   * Clips the gradient and takes one AdamW step: weight decay on matrices, none on vectors. Reads
   * the gradient once for its norm; then one pass over all vectors.
   *
   * @return the gradient's norm before clipping
   */
  double step(double clipNorm, LearningRates rates, double weightDecay) {
    try (NDManager scope = manager.newSubManager()) {
      double norm =
          script
              .call(Mode.CONSTANT, scope, "norm", gradient.tensor(), chunk)
              .get(0)
              .toDoubleArray()[0];
      double scale = Math.min(1, clipNorm / (norm + 1e-6));
      List<ParameterLayout.Part> parts = layout.parts();
      for (int p = 0; p < parts.size(); p++) {
        ParameterLayout.Part part = parts.get(p);
        adamw(
            scope,
            part,
            steps[p],
            scale,
            part.heads() ? rates.heads() : rates.backbone(),
            part.decayed() ? weightDecay : 0.0);
      }
      return norm;
    }
  }

  private void adamw(
      NDManager scope,
      ParameterLayout.Part part,
      NDArray step,
      double scale,
      double rate,
      double decay) {
    script.call(
        Mode.CONSTANT,
        scope,
        "adamw",
        values.tensor(),
        gradient.tensor(),
        firstMoment.tensor(),
        secondMoment.tensor(),
        working,
        part.begin(),
        part.end(),
        chunk,
        scratch,
        new NDList(scratch),
        new NDList(scratch),
        new NDList(scratch),
        new NDList(scratch),
        new NDList(step),
        scale,
        rate,
        BETA1,
        BETA2,
        decay,
        EPS);
  }

  @Override
  public void close() {
    manager.close();
  }
}
