package org.smartbert.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smartbert.model.Precision;
import org.smartbert.model.checkpoint.CheckpointNames.TensorSpec;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.torch.TorchScript;
import org.smartbert.model.torch.TorchScript.Mode;

/**
 * The parameters of one training stage, trained and frozen, and the step that moves the trained
 * ones. Owner of its native memory.
 */
final class Stage implements AutoCloseable {
  private final NDManager manager;
  private final TorchScript script;
  private final Precision precision;
  private final ParameterLayout trainedLayout;
  private final ParameterLayout frozenLayout;
  private final FlatParameters trained;
  private final NDArray frozen;
  private boolean moving;

  Stage(
      TorchScript script,
      TorchDevice device,
      Precision precision,
      List<TensorSpec> trainedSpecs,
      List<TensorSpec> frozenSpecs,
      Map<String, HostTensor> weights) {
    this.manager = NDManager.newBaseManager(device.djl());
    this.script = script;
    this.precision = precision;
    this.trainedLayout = new ParameterLayout(trainedSpecs);
    this.frozenLayout = new ParameterLayout(frozenSpecs);
    this.trained =
        new FlatParameters(trainedLayout, trainedLayout.flatten(weights), script, device);
    this.frozen = manager.create(frozenLayout.flatten(weights));
  }

  /** The loss of a batch and its gradient by tensor, without moving anything. */
  Map<String, HostTensor> gradient(
      Objective objective, List<LabelledText> rows, LossTerms[] terms) {
    try (NDManager scope = manager.newSubManager();
        IValue weights = weights()) {
      NDList forward = objective.forward(scope, weights, TokenBatch.of(scope, rows), Mode.GRADIENT);
      double[] sums = objective.sumsOf(forward);
      terms[0] = objective.loss(sums, rows.size());
      return trainedLayout.unflatten(
          objective.gradient(scope, forward, trained.values(), sums, rows.size()).toFloatArray());
    }
  }

  /**
   * This worker's part of a global batch.
   *
   * @param rows its share; may be empty where the batch is smaller than the workers
   * @param globalRows rows of the batch over all workers
   * @param seed of this step's dropout on this worker
   * @param votes of this worker
   */
  record Share(List<LabelledText> rows, int globalRows, long seed, Votes votes) {}

  /**
   * What a worker requests, summed over the workers together with the loss so that all of them do
   * the same.
   *
   * @param timeUp above 0: the stage's time is used up
   * @param stop above 0: training is requested to stop
   */
  record Votes(double timeUp, double stop) {
    private static final int COUNT = 2;

    private double[] beside(int sums) {
      double[] all = new double[sums + COUNT];
      all[sums] = timeUp;
      all[sums + 1] = stop;
      return all;
    }

    private static Votes of(double[] sums) {
      return new Votes(sums[sums.length - COUNT], sums[sums.length - 1]);
    }
  }

  /**
   * What a step did.
   *
   * @param gradientNorm of the global batch's gradient, before clipping
   * @param votes summed over the workers
   */
  record Outcome(LossTerms loss, double gradientNorm, Votes votes) {}

  /** One optimiser step on a global batch. */
  Outcome step(
      Objective objective,
      GradientSync sync,
      Share share,
      LearningRates rates,
      TrainingSettings.Optimisation how) {
    List<List<LabelledText>> parts = parts(share.rows(), how.accumulation());
    try (NDManager scope = manager.newSubManager()) {
      double[] sums = share.votes().beside(objective.sums());
      NDArray gradient;
      if (parts.size() == 1) {
        try (IValue weights = weights()) {
          NDList terms = forward(scope, objective, weights, parts.get(0), share.seed());
          add(sums, objective.sumsOf(terms));
          sync.sum(sums);
          gradient =
              objective.gradient(scope, terms, trained.values(), sums(sums), share.globalRows());
        }
      } else {
        gradient = accumulate(scope, objective, sync, share, parts, sums);
      }
      // AdamW would blow rounding up to full steps, in another direction on every run.
      script.call(Mode.CONSTANT, scope, "clear", gradient, trainedLayout.keyBiases());
      synchronise(sync, gradient);
      moving = true;
      double norm = trained.step(gradient, how.clipNorm(), rates, how.weightDecay());
      moving = false;
      return new Outcome(objective.loss(sums(sums), share.globalRows()), norm, Votes.of(sums));
    }
  }

  /**
   * Parts go through the network one after the other, so that only one part's activations are held.
   * Where the gradient needs the sums over the whole batch, a pass without a graph finds them
   * first; the same seed gives it the same dropout.
   */
  private NDArray accumulate(
      NDManager scope,
      Objective objective,
      GradientSync sync,
      Share share,
      List<List<LabelledText>> parts,
      double[] sums) {
    boolean twoPasses = objective.gradientNeedsSums();
    if (twoPasses) {
      for (int p = 0; p < parts.size(); p++) {
        JniUtils.setSeed(share.seed() + p);
        try (NDManager inner = scope.newSubManager();
            IValue weights = weights()) {
          TokenBatch batch = TokenBatch.of(inner, parts.get(p));
          add(sums, objective.sumsOf(objective.forward(inner, weights, batch, Mode.CONSTANT)));
        }
      }
      sync.sum(sums);
    }
    NDArray gradient = scope.zeros(trained.values().getShape());
    for (int p = 0; p < parts.size(); p++) {
      try (NDManager inner = scope.newSubManager();
          IValue weights = weights()) {
        NDList terms = forward(inner, objective, weights, parts.get(p), share.seed() + p);
        if (!twoPasses) {
          add(sums, objective.sumsOf(terms));
        }
        gradient.addi(
            objective.gradient(inner, terms, trained.values(), sums(sums), share.globalRows()));
      }
    }
    if (!twoPasses) {
      sync.sum(sums);
    }
    return gradient;
  }

  private static NDList forward(
      NDManager scope, Objective objective, IValue weights, List<LabelledText> rows, long seed) {
    JniUtils.setSeed(seed);
    return objective.forward(scope, weights, TokenBatch.of(scope, rows), Mode.GRADIENT);
  }

  private void synchronise(GradientSync sync, NDArray gradient) {
    if (sync.worldSize() == 1) {
      return;
    }
    boolean direct = true;
    if (gradient.getDevice().isGpu()) {
      NDArray host = gradient.toDevice(TorchDevice.CPU.djl(), true);
      sync.sum(host.toByteBuffer(direct));
      script.call(
          Mode.CONSTANT,
          gradient.getManager(),
          "assign",
          gradient,
          host.toDevice(gradient.getDevice(), false));
    } else {
      sync.sum(gradient.toByteBuffer(direct));
    }
  }

  private static double[] sums(double[] withVotes) {
    return Arrays.copyOf(withVotes, withVotes.length - Votes.COUNT);
  }

  private static void add(double[] sums, double[] more) {
    for (int i = 0; i < more.length; i++) {
      sums[i] += more[i];
    }
  }

  /** No part for no rows; else at most {@code wanted} parts of nearly equal size. */
  private static List<List<LabelledText>> parts(List<LabelledText> rows, int wanted) {
    int count = Math.min(wanted, rows.size());
    List<List<LabelledText>> parts = new ArrayList<>();
    for (int p = 0; p < count; p++) {
      parts.add(rows.subList(rows.size() * p / count, rows.size() * (p + 1) / count));
    }
    return parts;
  }

  private IValue weights() {
    return script.value(
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
        precision.scalarType());
  }

  /** A copy of the trained weights as they stand. */
  Map<String, HostTensor> trainedWeights() {
    return new LinkedHashMap<>(trainedLayout.unflatten(trained.toArray()));
  }

  /** Values and moments, for a checkpoint. */
  StageState state() {
    return new StageState(
        trainedWeights(),
        trainedLayout.unflatten(trained.firstMoment().toFloatArray()),
        trainedLayout.unflatten(trained.secondMoment().toFloatArray()),
        trained.steps());
  }

  /** Goes back to a checkpoint. */
  void restore(StageState state) {
    trained.restore(
        trainedLayout.flatten(state.weights()),
        trainedLayout.flatten(state.firstMoments()),
        trainedLayout.flatten(state.secondMoments()),
        state.steps());
  }

  /** Whether the optimiser is not just moving the weights: they are those of one step. */
  boolean betweenSteps() {
    return !moving;
  }

  /** Whether no trained weight is infinite or NaN. */
  boolean isFinite() {
    try (NDManager scope = manager.newSubManager()) {
      return script.call(Mode.CONSTANT, scope, "finite", trained.values()).get(0).getFloat() != 0;
    }
  }

  /**
   * Compares the trained weights with the other workers'.
   *
   * @throws ReplicaMismatchException where they differ
   */
  void requireEqualReplicas(GradientSync sync, long step) {
    boolean direct = true;
    NDArray values = trained.values();
    if (!values.getDevice().isGpu()) {
      Replicas.requireEqual(sync, trainedLayout, values.toByteBuffer(direct), step);
      return;
    }
    try (NDArray host = values.toDevice(TorchDevice.CPU.djl(), true)) {
      Replicas.requireEqual(sync, trainedLayout, host.toByteBuffer(direct), step);
    }
  }

  @Override
  public void close() {
    trained.close();
    manager.close();
  }
}
