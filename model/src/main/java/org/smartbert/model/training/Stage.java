package org.smartbert.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Arrays;
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
  private final ParameterLayout trainedLayout;
  private final FlatParameters trained;
  private final IValue weights;
  private final IValue parts;
  private boolean moving;

  Stage(
      TorchScript script,
      TorchDevice device,
      Precision precision,
      List<TensorSpec> trainedSpecs,
      List<TensorSpec> frozenSpecs,
      Map<String, HostTensor> initial) {
    this.manager = NDManager.newBaseManager(device.djl());
    this.script = script;
    this.trainedLayout = new ParameterLayout(trainedSpecs);
    this.trained = new FlatParameters(trainedLayout, initial, precision, script, device);
    ParameterLayout frozenLayout = new ParameterLayout(frozenSpecs);
    NDArray frozen = frozen(frozenLayout, initial, precision, device);
    this.weights =
        script.value(
            Mode.CONSTANT,
            "weights",
            trained.working(),
            trainedLayout.viewNames(),
            trainedLayout.viewSizes(),
            trainedLayout.viewColumns(),
            frozen,
            frozenLayout.viewNames(),
            frozenLayout.viewSizes(),
            frozenLayout.viewColumns(),
            TrainingProducts.of(script, device, precision, List.of(trainedLayout, frozenLayout)));
    try (IValue gradients =
        script.value(
            Mode.CONSTANT,
            "views",
            trained.gradient().tensor(),
            trainedLayout.viewNames(),
            trainedLayout.viewSizes(),
            trainedLayout.viewColumns())) {
      this.parts = script.value(Mode.CONSTANT, "parts", weights, gradients);
    }
  }

  /** Weights that no step changes, in the precision that the network computes in. */
  private NDArray frozen(
      ParameterLayout layout,
      Map<String, HostTensor> initial,
      Precision precision,
      TorchDevice device) {
    try (NDManager scope = manager.newSubManager(device.djl())) {
      FlatVector values = FlatVector.zeros(script, layout, scope);
      values.fill(initial);
      NDArray converted =
          script.call(Mode.CONSTANT, scope, "cast", values.tensor(), precision.scalarType()).get(0);
      // In float32 both are the same memory, which lives as long as one of them.
      converted.attach(manager);
      return converted;
    }
  }

  /** The loss of a batch and its gradient by tensor, without moving anything. */
  Map<String, HostTensor> gradient(
      Objective objective, List<LabelledText> rows, LossTerms[] terms) {
    try (NDManager scope = manager.newSubManager()) {
      trained.gradient().begin(rows);
      NDList forward = objective.forward(scope, weights, TokenBatch.of(scope, rows), Mode.GRADIENT);
      double[] sums = objective.sumsOf(forward);
      terms[0] = objective.loss(sums, rows.size());
      objective.gradient(scope, forward, new Objective.Target(parts, false), sums, rows.size());
      return trained.gradient().copy();
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
    List<List<LabelledText>> batches = batches(share.rows(), how.accumulation());
    try (NDManager scope = manager.newSubManager()) {
      double[] sums = share.votes().beside(objective.sums());
      trained.gradient().begin(share.rows());
      if (batches.size() == 1) {
        NDList terms = forward(scope, objective, batches.get(0), share.seed());
        add(sums, objective.sumsOf(terms));
        sync.sum(sums);
        gradient(scope, objective, terms, false, sums, share);
      } else {
        accumulate(scope, objective, sync, share, batches, sums);
      }
      trained.gradient().clearKeyBiases();
      trained.gradient().synchronise(sync);
      moving = true;
      double norm = trained.step(how.clipNorm(), rates, how.weightDecay());
      moving = false;
      return new Outcome(objective.loss(sums(sums), share.globalRows()), norm, Votes.of(sums));
    }
  }

  /**
   * Batches go through the network one after the other, so that only one batch's activations are
   * held. Where the gradient needs the sums over all, a pass without a graph finds them first; the
   * same seed gives it the same dropout.
   */
  private void accumulate(
      NDManager scope,
      Objective objective,
      GradientSync sync,
      Share share,
      List<List<LabelledText>> batches,
      double[] sums) {
    boolean twoPasses = objective.gradientNeedsSums();
    if (twoPasses) {
      for (int p = 0; p < batches.size(); p++) {
        JniUtils.setSeed(share.seed() + p);
        try (NDManager inner = scope.newSubManager()) {
          TokenBatch batch = TokenBatch.of(inner, batches.get(p));
          add(sums, objective.sumsOf(objective.forward(inner, weights, batch, Mode.CONSTANT)));
        }
      }
      sync.sum(sums);
    }
    for (int p = 0; p < batches.size(); p++) {
      try (NDManager inner = scope.newSubManager()) {
        NDList terms = forward(inner, objective, batches.get(p), share.seed() + p);
        if (!twoPasses) {
          add(sums, objective.sumsOf(terms));
        }
        gradient(inner, objective, terms, p > 0, sums, share);
      }
    }
    if (!twoPasses) {
      sync.sum(sums);
    }
  }

  private NDList forward(NDManager scope, Objective objective, List<LabelledText> rows, long seed) {
    JniUtils.setSeed(seed);
    return objective.forward(scope, weights, TokenBatch.of(scope, rows), Mode.GRADIENT);
  }

  private void gradient(
      NDManager scope, Objective objective, NDList terms, boolean add, double[] sums, Share share) {
    objective.gradient(
        scope, terms, new Objective.Target(parts, add), sums(sums), share.globalRows());
  }

  private static double[] sums(double[] withVotes) {
    return Arrays.copyOf(withVotes, withVotes.length - Votes.COUNT);
  }

  private static void add(double[] sums, double[] more) {
    for (int i = 0; i < more.length; i++) {
      sums[i] += more[i];
    }
  }

  /** None for no rows; else at most {@code wanted} of nearly equal size. */
  private static List<List<LabelledText>> batches(List<LabelledText> rows, int wanted) {
    int count = Math.min(wanted, rows.size());
    List<List<LabelledText>> batches = new ArrayList<>();
    for (int p = 0; p < count; p++) {
      batches.add(rows.subList(rows.size() * p / count, rows.size() * (p + 1) / count));
    }
    return batches;
  }

  /** A copy of the trained weights as they stand. */
  Map<String, HostTensor> trainedWeights() {
    return trained.values().copy();
  }

  /** The trained weights themselves, to be read before the next step and before {@link #close}. */
  Map<String, HostTensor> trainedWeightsInPlace() {
    return trained.values().inPlace();
  }

  /** Values and moments themselves, to be read before the next step and before {@link #close}. */
  StageState state() {
    return trained.state();
  }

  /** Goes back to a checkpoint. */
  void restore(StageState state) {
    trained.restore(state);
  }

  /** Whether the optimiser is not just moving the weights: they are those of one step. */
  boolean betweenSteps() {
    return !moving;
  }

  /** Whether no trained weight is infinite or NaN. */
  boolean isFinite() {
    return trained.isFinite();
  }

  /**
   * Compares the trained weights with the other workers'.
   *
   * @throws ReplicaMismatchException where they differ
   */
  void requireEqualReplicas(GradientSync sync, long step) {
    boolean direct = true;
    NDArray values = trained.values().tensor();
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
    parts.close();
    weights.close();
    trained.close();
    manager.close();
  }
}
