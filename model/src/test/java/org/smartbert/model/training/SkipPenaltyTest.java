package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.smartbert.model.Precision;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.torch.TorchScript;

/** The paper's skip penalty and the budget that may take its place. */
class SkipPenaltyTest {
  private static final String BIAS = "gates.1.output.bias";
  private final BertConfig config = TinyModels.config(4, 16, 2);

  @Test
  void theFormulasAreThoseOfTheirDocumentation() {
    double[] means = {0.2, 0.4, 0.1, 0.3};
    assertThat(new SkipPenalty.Reciprocal(0.05).of(means)).isCloseTo(0.05, within(1e-12));
    // 0.75 of the layers are executed.
    assertThat(new SkipPenalty.Budget(0.5).of(means)).isCloseTo(0.0625, within(1e-12));
    assertThat(new SkipPenalty.Budget(1).of(means)).isCloseTo(0.0625, within(1e-12));
    assertThat(new SkipPenalty.Budget(0.75).slope(means)).isCloseTo(0, within(1e-12));
    for (SkipPenalty penalty :
        List.of(new SkipPenalty.Reciprocal(0.05), new SkipPenalty.Budget(0.5))) {
      double[] more = means.clone();
      more[2] += 1e-6;
      assertThat(penalty.slope(means))
          .as("%s", penalty)
          .isCloseTo((penalty.of(more) - penalty.of(means)) / 1e-6, within(1e-4));
    }
  }

  @Test
  void theGradientIsThatOfTheLoss() {
    TrainingSettings.Losses losses =
        TrainingLoopTest.SETTINGS.losses().with(new SkipPenalty.Budget(0.2));
    StageTensors tensors =
        new StageTensors(
            new CheckpointNames(config),
            losses,
            TrainingSettings.Frozen.NOTHING,
            Purpose.FINE_TUNING);
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    NewWeights.fill(weights, tensors.stageOne(), 0.1, 5);
    LossTerms[] terms = new LossTerms[1];
    double slope = gradient(tensors, losses, weights, terms).get(BIAS).values().get(0);
    assertThat(terms[0].skipPenalty()).isPositive();
    double above = lossWithBias(tensors, losses, weights, 0.05f);
    double below = lossWithBias(tensors, losses, weights, -0.05f);
    assertThat(slope).isCloseTo((above - below) / 0.1, within(0.02 * Math.abs(slope)));
  }

  private double lossWithBias(
      StageTensors tensors,
      TrainingSettings.Losses losses,
      Map<String, HostTensor> weights,
      float bias) {
    Map<String, HostTensor> moved = new LinkedHashMap<>(weights);
    moved.put(BIAS, HostTensor.of(BIAS, new float[] {bias}, 1));
    LossTerms[] terms = new LossTerms[1];
    gradient(tensors, losses, moved, terms);
    return terms[0].total();
  }

  private Map<String, HostTensor> gradient(
      StageTensors tensors,
      TrainingSettings.Losses losses,
      Map<String, HostTensor> weights,
      LossTerms[] terms) {
    try (TorchScript script = TorchScript.training();
        Stage stage =
            new Stage(
                script,
                TorchDevice.CPU,
                Precision.FP32,
                tensors.stageOneTrained(),
                tensors.stageOneFrozen(),
                weights)) {
      return stage.gradient(
          new StageOne(script, config, GateMode.SOFT, losses, Purpose.FINE_TUNING),
          TrainingLoopTest.rows(30, 4),
          terms);
    }
  }

  @Test
  void gatesThatStartByExecutingComeDownToTheBudget() {
    // Without a penalty they go on executing.
    assertThat(executed(stageOne(new SkipPenalty.Reciprocal(0)))).isGreaterThan(0.9);
    List<TrainingEvent.Validation> budget = stageOne(new SkipPenalty.Budget(0.5));
    assertThat(executed(budget)).as("%s", budget).isCloseTo(0.5, within(0.2));
    assertThat(budget.get(budget.size() - 1).scores().accuracy())
        .as("%s", budget)
        .isGreaterThan(0.9);
  }

  /** The share of the layers that the last evaluation executed. */
  private double executed(List<TrainingEvent.Validation> validations) {
    return validations.get(validations.size() - 1).meanLayers() / config.layers();
  }

  private List<TrainingEvent.Validation> stageOne(SkipPenalty penalty) {
    List<TrainingEvent.Validation> validations = new ArrayList<>();
    Map<String, HostTensor> backbone = new LinkedHashMap<>();
    NewWeights.fill(backbone, new CheckpointNames(config).backbone(), 0.1, 3);
    new TrainingLoop(
            config,
            TrainingLoopTest.SETTINGS
                .with(new TrainingSettings.Epochs(5, 2, 1, 0, 0))
                .with(TrainingLoopTest.SETTINGS.losses().with(penalty))
                .withGateBias(-3),
            new Safeguards(0, 0),
            Worker.alone(
                TorchDevice.CPU,
                event -> {
                  if (event instanceof TrainingEvent.Validation v && v.stage() == 1) {
                    validations.add(v);
                  }
                }))
        .run(
            backbone,
            ShardedRows.all(TrainingLoopTest.rows(600, 1), 16),
            TrainingLoopTest.rows(100, 2));
    return validations;
  }
}
