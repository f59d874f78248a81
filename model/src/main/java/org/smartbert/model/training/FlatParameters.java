package org.smartbert.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.torch.TorchScript;
import org.smartbert.model.torch.TorchScript.Mode;

/**
 * The trained parameters as one float32 vector together with AdamW's moments. Owner of its tensors.
 */
final class FlatParameters implements AutoCloseable {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPS = 1e-8;

  private final NDManager manager;
  private final TorchScript script;
  private final List<ParameterLayout.Part> parts;
  private final NDArray values;
  private final NDArray firstMoment;
  private final NDArray secondMoment;
  private final NDArray[] steps;

  FlatParameters(ParameterLayout layout, float[] initial, TorchScript script, TorchDevice device) {
    this.manager = NDManager.newBaseManager(device.djl());
    this.script = script;
    this.parts = layout.parts();
    this.values = manager.create(initial);
    values.setRequiresGradient(true);
    this.firstMoment = manager.zeros(new Shape(initial.length), DataType.FLOAT32);
    this.secondMoment = manager.zeros(new Shape(initial.length), DataType.FLOAT32);
    this.steps =
        parts.stream()
            .map(part -> manager.zeros(new Shape(), DataType.FLOAT32))
            .toArray(NDArray[]::new);
  }

  NDArray values() {
    return values;
  }

  float[] toArray() {
    return values.toFloatArray();
  }

  NDArray firstMoment() {
    return firstMoment;
  }

  NDArray secondMoment() {
    return secondMoment;
  }

  /** Optimiser steps taken. */
  long steps() {
    return (long) steps[0].getFloat();
  }

  /** Takes over the values, moments and step count of a checkpoint. */
  void restore(float[] weights, float[] first, float[] second, long stepsTaken) {
    try (NDManager scope = manager.newSubManager()) {
      copy(scope, weights, values);
      copy(scope, first, firstMoment);
      copy(scope, second, secondMoment);
    }
    for (NDArray step : steps) {
      step.addi(stepsTaken - step.getFloat());
    }
  }

  private void copy(NDManager scope, float[] from, NDArray to) {
    script.call(Mode.CONSTANT, scope, "assign", to, scope.create(from));
  }

  /**
   * Clips the gradient and takes one AdamW step: weight decay on matrices, none on vectors.
   *
   * @return the gradient's norm before clipping
   */
  double step(NDArray gradient, double clipNorm, LearningRates rates, double weightDecay) {
    try (NDManager scope = manager.newSubManager()) {
      double norm = script.call(Mode.CONSTANT, scope, "clip", gradient, clipNorm).get(0).getFloat();
      for (int p = 0; p < parts.size(); p++) {
        ParameterLayout.Part part = parts.get(p);
        adamw(
            scope,
            gradient,
            part,
            steps[p],
            part.heads() ? rates.heads() : rates.backbone(),
            part.decayed() ? weightDecay : 0.0);
      }
      return norm;
    }
  }

  private void adamw(
      NDManager scope,
      NDArray gradient,
      ParameterLayout.Part part,
      NDArray step,
      double rate,
      double decay) {
    int from = part.begin();
    int to = part.end();
    script.call(
        Mode.CONSTANT,
        scope,
        "adamw",
        slice(scope, values, from, to),
        slice(scope, gradient, from, to),
        slice(scope, firstMoment, from, to),
        slice(scope, secondMoment, from, to),
        new NDList(step),
        rate,
        BETA1,
        BETA2,
        decay,
        EPS);
  }

  /** A view that shares memory, made without a graph. */
  private NDList slice(NDManager scope, NDArray of, long from, long to) {
    return script.call(Mode.CONSTANT, scope, "slice", of, from, to - from);
  }

  @Override
  public void close() {
    manager.close();
  }
}
