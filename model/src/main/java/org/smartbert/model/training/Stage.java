package org.smartbert.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smartbert.model.bert.CheckpointNames.TensorSpec;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.torch.TorchScript;
import org.smartbert.model.torch.TorchScript.Mode;

/**
 * The parameters of one training stage, trained and frozen, and the step that moves the trained
 * ones. Owner of its native memory.
 */
final class Stage implements AutoCloseable {
  private static final int FLOAT32 = 6;

  private final NDManager manager = NDManager.newBaseManager();
  private final TorchScript script;
  private final ParameterLayout trainedLayout;
  private final ParameterLayout frozenLayout;
  private final FlatParameters trained;
  private final NDArray frozen;

  Stage(
      TorchScript script,
      List<TensorSpec> trainedSpecs,
      List<TensorSpec> frozenSpecs,
      Map<String, HostTensor> weights) {
    this.script = script;
    this.trainedLayout = new ParameterLayout(trainedSpecs);
    this.frozenLayout = new ParameterLayout(frozenSpecs);
    this.trained = new FlatParameters(trainedLayout, trainedLayout.flatten(weights), script);
    this.frozen = manager.create(frozenLayout.flatten(weights));
  }

  /** The loss of a batch and its gradient by tensor, without moving anything. */
  Map<String, HostTensor> gradient(
      Objective objective, List<LabelledText> rows, LossTerms[] terms) {
    try (NDManager scope = manager.newSubManager()) {
      Objective.Evaluation evaluation = evaluate(scope, objective, rows, rows.size());
      terms[0] = evaluation.terms();
      return trainedLayout.unflatten(evaluation.gradient().toFloatArray());
    }
  }

  /**
   * One optimiser step on a global batch.
   *
   * @param rows this worker's share; may be empty where the batch is smaller than the workers
   * @param seed of this step's dropout on this worker
   */
  LossTerms step(
      Objective objective,
      GradientSync sync,
      List<LabelledText> rows,
      int globalRows,
      long seed,
      double learningRate,
      TrainingSettings settings) {
    JniUtils.setSeed(seed);
    try (NDManager scope = manager.newSubManager()) {
      Objective.Evaluation evaluation = evaluate(scope, objective, rows, globalRows);
      if (sync.worldSize() > 1) {
        boolean direct = true;
        sync.sum(evaluation.gradient().toByteBuffer(direct));
      }
      trained.step(
          evaluation.gradient(), settings.clipNorm(), learningRate, settings.weightDecay());
      return evaluation.terms();
    }
  }

  private Objective.Evaluation evaluate(
      NDManager scope, Objective objective, List<LabelledText> rows, int globalRows) {
    try (IValue weights =
        script.value(
            Mode.GRADIENT,
            "weights",
            trained.values(),
            trainedLayout.viewNames(),
            trainedLayout.viewSizes(),
            trainedLayout.viewColumns(),
            frozen,
            frozenLayout.viewNames(),
            frozenLayout.viewSizes(),
            frozenLayout.viewColumns(),
            FLOAT32)) {
      return objective.evaluate(scope, weights, trained.values(), rows, globalRows);
    }
  }

  /** A copy of the trained weights as they stand. */
  Map<String, HostTensor> trainedWeights() {
    return new LinkedHashMap<>(trainedLayout.unflatten(trained.toArray()));
  }

  @Override
  public void close() {
    trained.close();
    manager.close();
  }
}
