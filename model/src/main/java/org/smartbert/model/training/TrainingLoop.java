package org.smartbert.model.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.checkpoint.CheckpointNames.TensorSpec;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.torch.TorchScript;
import org.smartbert.model.training.Checkpoint.Position;

/**
 * The paper's two training stages (section 3.3) on one worker. Stage 1 trains backbone, gates, the
 * last classifier and its contrast heads, soft gates first and hard ones then; its best state on
 * the validation rows is used in stage 2, which trains the other classifiers. The other methods do
 * without what they do not have; those without exits end with stage 1. A {@link Purpose#CONVERSION}
 * trains gates in stage 1, or has none where there are no gates, and the classifiers below the last
 * in stage 2.
 */
public final class TrainingLoop {
  private final BertConfig config;
  private final Purpose purpose;
  private final TrainingSettings settings;
  private final Safeguards safeguards;
  private final Worker worker;
  private final StageTensors tensors;

  /** Fine-tuning. */
  public TrainingLoop(
      BertConfig config, TrainingSettings settings, Safeguards safeguards, Worker worker) {
    this(config, Purpose.FINE_TUNING, settings, safeguards, worker);
  }

  public TrainingLoop(
      BertConfig config,
      Purpose purpose,
      TrainingSettings settings,
      Safeguards safeguards,
      Worker worker) {
    this.config = config;
    this.purpose = purpose;
    this.settings = settings;
    this.safeguards = safeguards;
    this.worker = worker;
    this.tensors =
        new StageTensors(
            new CheckpointNames(config),
            settings.losses(),
            settings.optimisation().frozen(),
            purpose);
  }

  /**
   * Trains a model.
   *
   * @param start weights to start from; what is missing is made new
   * @param validation this worker's share of the validation rows
   * @return the weights of the model that {@code config} describes, contrast heads dropped
   * @throws DivergedException if loss, gradient or weights become infinite or NaN, on all workers
   * @throws TrainingStoppedException if a worker was requested to stop, on all workers
   */
  public Map<String, HostTensor> run(
      Map<String, HostTensor> start, ShardedRows train, List<LabelledText> validation) {
    return TorchScript.unoptimised(() -> trained(start, train, validation));
  }

  private Map<String, HostTensor> trained(
      Map<String, HostTensor> start, ShardedRows train, List<LabelledText> validation) {
    Map<String, HostTensor> weights = new LinkedHashMap<>(start);
    NewWeights.fillGateBiases(weights, tensors.stageOne(), settings.gateBias());
    for (List<TensorSpec> specs : List.of(tensors.stageOne(), tensors.stageTwo())) {
      NewWeights.fill(weights, specs, config.training().initializerRange(), settings.seed());
    }
    Optional<Checkpoint> checkpoint = worker.checkpoints().latest();
    Position position = checkpoint.map(Checkpoint::position).orElse(Position.start());
    try (TorchScript script = TorchScript.training()) {
      Run run = new Run(script, weights, train, new Validator(config, worker, validation));
      checkpoint.ifPresent(c -> run.best.putAll(c.best()));
      Optional<StageState> state = checkpoint.map(Checkpoint::state);
      if (position.index().stage() == 1) {
        position = hasStageOne() ? run.stageOne(position, state) : position.startOfStageTwo();
        state = Optional.empty();
      }
      weights.putAll(run.best);
      if (hasStageTwo()) {
        run.stageTwo(position, state);
      }
    }
    Map<String, HostTensor> model = new LinkedHashMap<>();
    new CheckpointNames(config)
        .model()
        .forEach(spec -> model.put(spec.name(), weights.get(spec.name())));
    return model;
  }

  /** Whether there is something that stage 1 trains. */
  private boolean hasStageOne() {
    return purpose == Purpose.FINE_TUNING || config.mechanism().skips();
  }

  /** Whether there are classifiers below the last one, which stage 2 trains. */
  private boolean hasStageTwo() {
    return config.mechanism().exits() && config.layers() > 1;
  }

  /** One call of {@link #run}. */
  private final class Run {
    private final TorchScript script;
    private final Map<String, HostTensor> weights;
    private final ShardedRows rows;
    private final Validator validator;
    private final Map<String, HostTensor> best = new LinkedHashMap<>();

    Run(
        TorchScript script,
        Map<String, HostTensor> weights,
        ShardedRows rows,
        Validator validator) {
      this.script = script;
      this.weights = weights;
      this.rows = rows;
      this.validator = validator;
    }

    Position stageOne(Position from, Optional<StageState> state) {
      List<Double> rates = settings.optimisation().rates().peaks();
      Position at = from;
      Optional<StageState> resumed = state;
      for (int trial = from.index().trial(); trial <= rates.size(); trial++) {
        if (trial > at.index().trial()) {
          at = at.startOfTrial(trial);
        }
        try (Stage stage =
            new Stage(
                script,
                worker.device(),
                settings.precision(),
                tensors.stageOneTrained(),
                tensors.stageOneFrozen(),
                weights)) {
          resumed.ifPresent(stage::restore);
          resumed = Optional.empty();
          double share = (double) trial / rates.size() * settings.epochs().stageOne() / allEpochs();
          at =
              stageRun(
                      stage,
                      this::stageOneObjective,
                      settings.epochs().stageOne(),
                      settings.optimisation().rates().trial(trial),
                      share)
                  .run(at, new Selecting(stage));
        }
      }
      if (best.isEmpty()) {
        throw new DivergedException(
            "Training diverged: no evaluation of stage 1 gave finite outputs on the validation"
                + " rows; lower --learning-rate.");
      }
      return at.startOfStageTwo();
    }

    private Objective stageOneObjective(int epoch) {
      return config.mechanism().method() == Method.DISTILBERT
          ? new Distillation(script, config, settings.losses())
          : new StageOne(script, config, gatesOf(epoch), settings.losses(), purpose);
    }

    /** The gates in an epoch of stage 1. */
    private GateMode gatesOf(int epoch) {
      return config.mechanism().skips() ? settings.gateMode(epoch) : GateMode.OFF;
    }

    void stageTwo(Position from, Optional<StageState> state) {
      try (Stage stage =
          new Stage(
              script,
              worker.device(),
              settings.precision(),
              tensors.stageTwo(),
              tensors.stageTwoFrozen(),
              weights)) {
        state.ifPresent(stage::restore);
        StageTwo objective = new StageTwo(script, config, settings.losses(), purpose);
        stageRun(
                stage,
                epoch -> objective,
                settings.epochs().stageTwo(),
                settings.optimisation().rates().trial(from.best().trial()),
                1)
            .run(from, new Following(stage));
        weights.putAll(stage.trainedWeights());
      }
    }

    private StageRun stageRun(
        Stage stage,
        IntFunction<Objective> objectives,
        int epochs,
        LearningRates peaks,
        double shareOfMinutes) {
      double limit = settings.epochs().maxMinutes();
      return new StageRun(
          stage,
          new StageRun.Goal(
              objectives,
              epochs,
              peaks,
              limit > 0 ? limit * shareOfMinutes : Double.POSITIVE_INFINITY),
          settings,
          safeguards,
          worker,
          rows);
    }

    private int allEpochs() {
      return (hasStageOne() ? settings.epochs().stageOne() : 0)
          + (hasStageTwo() ? settings.epochs().stageTwo() : 0);
    }

    private Optional<TrainingEvent.Validation> score(
        Stage stage, InferenceSettings how, Position at, GateMode trainedGates) {
      Map<String, HostTensor> now = new LinkedHashMap<>(weights);
      now.putAll(stage.trainedWeightsInPlace());
      return validator.score(now, how, at, trainedGates);
    }

    private void save(Stage stage, Position at) {
      if (worker.sync().rank() == 0) {
        worker.checkpoints().save(Checkpoint.of(at, stage.state(), best));
      }
    }

    /** Stage 1: the best state is kept. */
    private final class Selecting implements StageRun.Between {
      private final Stage stage;

      Selecting(Stage stage) {
        this.stage = stage;
      }

      @Override
      public Optional<Position> evaluated(Position at) {
        InferenceSettings how = InferenceSettings.of(new ExitPolicy.Never(), Gates.ON);
        return score(stage, how, at, gatesOf(at.index().epoch())).map(score -> selected(at, score));
      }

      private Position selected(Position at, TrainingEvent.Validation score) {
        double value = score.scores().value(settings.selection().metric());
        boolean provisional = score.trainedGates() == GateMode.SOFT && settings.trainsHardGates();
        // Of equals the later: it has seen more of the hard gates that inference uses.
        boolean better = at.best().yieldsTo(value, provisional);
        if (better) {
          // The memory of the last best state is free for the new one.
          best.clear();
          best.putAll(stage.trainedWeights());
        }
        worker.listener().accept(score.marked(better));
        Position now = at.selected(value, provisional);
        checkpoint(now);
        return now;
      }

      @Override
      public void checkpoint(Position at) {
        save(stage, at);
      }
    }

    /** Stage 2: the last state is kept; evaluations only report. */
    private final class Following implements StageRun.Between {
      private final Stage stage;

      Following(Stage stage) {
        this.stage = stage;
      }

      @Override
      public Optional<Position> evaluated(Position at) {
        InferenceSettings how = InferenceSettings.defaults(config.mechanism().method());
        GateMode gates = config.mechanism().skips() ? GateMode.HARD : GateMode.OFF;
        return score(stage, how, at, gates).map(score -> followed(at, score));
      }

      private Position followed(Position at, TrainingEvent.Validation score) {
        if (Double.isNaN(score.scores().accuracy())) {
          throw new DivergedException(
              "Training diverged in stage 2: the classifiers' outputs on the validation rows are"
                  + " infinite or NaN; lower --learning-rate.");
        }
        worker.listener().accept(score.marked(true));
        Position now = at.evaluated();
        checkpoint(now);
        return now;
      }

      @Override
      public void checkpoint(Position at) {
        save(stage, at);
      }
    }
  }
}
