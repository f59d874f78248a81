package org.smartbert.model.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.CheckpointNames;
import org.smartbert.model.bert.CheckpointNames.TensorSpec;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.torch.TorchScript;

/**
 * The paper's two training stages (section 3.3) on one worker's rows. Stage 1 trains backbone,
 * gates, the last classifier and its contrast heads, soft gates first and hard ones then; its best
 * epoch on the validation rows goes on to stage 2, which trains the other classifiers.
 */
public final class TrainingLoop {
  private final BertConfig config;
  private final TrainingSettings settings;
  private final GradientSync sync;
  private final Consumer<TrainingEvent> listener;
  private final CheckpointNames names;

  public TrainingLoop(
      BertConfig config,
      TrainingSettings settings,
      GradientSync sync,
      Consumer<TrainingEvent> listener) {
    this.config = config;
    this.settings = settings;
    this.sync = sync;
    this.listener = listener;
    this.names = new CheckpointNames(config);
  }

  /**
   * Trains a model.
   *
   * @param backbone weights to start from; what is missing is made new
   * @return the weights of a SmartBERT model, contrast heads dropped
   */
  public Map<String, HostTensor> run(
      Map<String, HostTensor> backbone, List<LabelledText> train, List<LabelledText> validation) {
    Map<String, HostTensor> weights = new LinkedHashMap<>(backbone);
    NewWeights.fill(weights, stageOneSpecs(), config.initializerRange(), settings.seed());
    NewWeights.fill(weights, stageTwoSpecs(), config.initializerRange(), settings.seed());
    try (TorchScript script = TorchScript.training()) {
      stageOne(script, weights, train, validation);
      stageTwo(script, weights, train, validation);
    }
    Map<String, HostTensor> model = new LinkedHashMap<>();
    names.model().forEach(spec -> model.put(spec.name(), weights.get(spec.name())));
    return model;
  }

  List<TensorSpec> stageOneSpecs() {
    List<TensorSpec> specs = new ArrayList<>(names.backbone());
    for (int i = 0; i < config.layers(); i++) {
      specs.addAll(names.gate(i));
      specs.addAll(names.layerContrast(i));
    }
    specs.addAll(names.classifier(config.layers() - 1));
    return specs;
  }

  List<TensorSpec> stageTwoSpecs() {
    List<TensorSpec> specs = new ArrayList<>();
    for (int i = 0; i < config.layers() - 1; i++) {
      specs.addAll(names.classifier(i));
    }
    for (int i = 0; i < config.layers(); i++) {
      specs.addAll(names.classifierContrast(i));
    }
    return specs;
  }

  List<TensorSpec> stageTwoFrozen() {
    List<TensorSpec> specs = new ArrayList<>(names.backbone());
    for (int i = 0; i < config.layers(); i++) {
      specs.addAll(names.gate(i));
    }
    specs.addAll(names.classifier(config.layers() - 1));
    return specs;
  }

  private void stageOne(
      TorchScript script,
      Map<String, HostTensor> weights,
      List<LabelledText> train,
      List<LabelledText> validation) {
    Map<String, HostTensor> best = Map.of();
    double bestAccuracy = -1;
    try (Stage stage = new Stage(script, stageOneSpecs(), List.of(), weights)) {
      for (int epoch = 1; epoch <= settings.stageOneEpochs(); epoch++) {
        GateMode mode = settings.gateMode(epoch);
        Objective objective =
            new StageOne(
                script, config, sync, mode, settings.skipLambda(), settings.stageOneContrast());
        epoch(stage, objective, 1, epoch, settings.stageOneEpochs(), train);
        Map<String, HostTensor> now = new LinkedHashMap<>(weights);
        now.putAll(stage.trainedWeights());
        InferenceSettings full = InferenceSettings.of(new ExitPolicy.Never(), Gates.ON);
        TrainingEvent.Validation score = score(now, full, validation, 1, epoch, train.size());
        // Of equals the later: it has seen more of the hard gates that inference uses.
        boolean better = score.accuracy() >= bestAccuracy;
        if (better) {
          bestAccuracy = score.accuracy();
          best = now;
        }
        listener.accept(marked(score, better));
      }
    }
    weights.putAll(best);
  }

  private void stageTwo(
      TorchScript script,
      Map<String, HostTensor> weights,
      List<LabelledText> train,
      List<LabelledText> validation) {
    Objective objective = new StageTwo(script, config, sync, settings.stageTwoContrast());
    try (Stage stage = new Stage(script, stageTwoSpecs(), stageTwoFrozen(), weights)) {
      for (int epoch = 1; epoch <= settings.stageTwoEpochs(); epoch++) {
        epoch(stage, objective, 2, epoch, settings.stageTwoEpochs(), train);
        weights.putAll(stage.trainedWeights());
        InferenceSettings adaptive = InferenceSettings.defaults();
        listener.accept(
            marked(
                score(weights, adaptive, validation, 2, epoch, train.size()),
                epoch == settings.stageTwoEpochs()));
      }
    }
  }

  private void epoch(
      Stage stage,
      Objective objective,
      int stageNumber,
      int epoch,
      int epochs,
      List<LabelledText> train) {
    int[] order = shuffled(train.size(), stageNumber, epoch);
    int batches = stepsPerEpoch(train.size());
    LinearSchedule schedule =
        new LinearSchedule(
            settings.learningRate(), settings.warmupSteps(), (long) batches * epochs);
    long started = System.nanoTime();
    for (int b = 0; b < batches; b++) {
      int from = b * settings.batchSize();
      int to = Math.min(order.length, from + settings.batchSize());
      int step = (epoch - 1) * batches + b + 1;
      double rate = schedule.rate(step);
      LossTerms terms =
          stage.step(
              objective,
              sync,
              share(train, order, from, to),
              to - from,
              stepSeed(stageNumber, step),
              rate,
              settings);
      double seconds = (System.nanoTime() - started) / 1e9;
      listener.accept(
          new TrainingEvent.Step(
              stageNumber,
              epoch,
              step,
              batches * epochs,
              terms.loss(),
              terms.crossEntropy(),
              terms.skipPenalty(),
              terms.contrastive(),
              terms.gateMeans(),
              rate,
              to / seconds));
    }
  }

  /** This worker's rows of the global batch [from, to) of an epoch's order. */
  private List<LabelledText> share(List<LabelledText> rows, int[] order, int from, int to) {
    int size = to - from;
    int first = from + (int) ((long) size * sync.rank() / sync.worldSize());
    int end = from + (int) ((long) size * (sync.rank() + 1) / sync.worldSize());
    List<LabelledText> share = new ArrayList<>(end - first);
    for (int i = first; i < end; i++) {
      share.add(rows.get(order[i]));
    }
    return share;
  }

  private int stepsPerEpoch(int rows) {
    return (rows + settings.batchSize() - 1) / settings.batchSize();
  }

  /** The same order whatever the number of workers. */
  private int[] shuffled(int size, int stage, int epoch) {
    int[] order = new int[size];
    Random random = new Random(settings.seed() * 31 + stage * 1009L + epoch);
    for (int i = 0; i < size; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** Derived, not drawn, so that a resumed run needs no generator's state. */
  private long stepSeed(int stage, int step) {
    return ((settings.seed() * 31 + stage) * 1_000_003 + step) * 4099 + sync.rank();
  }

  private TrainingEvent.Validation score(
      Map<String, HostTensor> weights,
      InferenceSettings how,
      List<LabelledText> validation,
      int stage,
      int epoch,
      int trainRows) {
    int right = 0;
    double cost = 0;
    double layers = 0;
    try (SmartBertModel model = SmartBertModel.of(config, weights)) {
      var decisions =
          model.classifier(how).classify(validation.stream().map(LabelledText::text).iterator());
      for (LabelledText row : validation) {
        Decision decision = decisions.next();
        right += decision.label() == row.label() ? 1 : 0;
        cost += (double) decision.flops() / decision.flopsFull();
        layers += decision.layersExecuted();
      }
    }
    double n = validation.size();
    return new TrainingEvent.Validation(
        stage, epoch, epoch * stepsPerEpoch(trainRows), right / n, cost / n, layers / n, false);
  }

  private static TrainingEvent.Validation marked(TrainingEvent.Validation v, boolean best) {
    return new TrainingEvent.Validation(
        v.stage(), v.epoch(), v.step(), v.accuracy(), v.cost(), v.meanLayers(), best);
  }
}
