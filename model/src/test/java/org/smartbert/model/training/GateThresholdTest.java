package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.smartbert.model.Precision;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.checkpoint.CheckpointNames.TensorSpec;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.reference.ReferenceClassifier;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.torch.TorchScript;

/** Hard gates of training skip the layers that inference skips, whatever the model's threshold. */
class GateThresholdTest {
  @Test
  void theLossOfHardGatesIsThatOfTheNetworkThatIsScored() {
    List<LabelledText> rows = TrainingLoopTest.rows(40, 4);
    Set<Integer> skipped = new HashSet<>();
    for (double threshold : new double[] {0.2, 0.5, 0.7, 0.9}) {
      BertConfig plain = TinyModels.config(4, 16, 2);
      BertConfig config =
          plain.with(new BertConfig.Heads(16, 2, 4, threshold, plain.heads().mechanism()));
      StageTensors tensors =
          new StageTensors(
              new CheckpointNames(config),
              TrainingSettings.defaults().losses(),
              TrainingSettings.Frozen.NOTHING,
              Purpose.FINE_TUNING);
      List<TensorSpec> all = new ArrayList<>(tensors.stageOne());
      for (int i = 0; i < config.layers() - 1; i++) {
        all.addAll(new CheckpointNames(config).classifier(i));
      }
      Map<String, HostTensor> weights = TinyModels.weights(all, 6);
      double expected = 0;
      int skips = 0;
      try (ReferenceClassifier reference = new ReferenceClassifier(config, weights)) {
        for (LabelledText row : rows) {
          Decision decision = reference.classify(row.text(), new ExitPolicy.Never(), Gates.ON);
          expected -= Math.log(decision.probabilities()[row.label()]) / rows.size();
          for (boolean skip : decision.skipMask()) {
            skips += skip ? 1 : 0;
          }
        }
      }
      skipped.add(skips);
      assertThat(crossEntropy(config, tensors, weights, rows))
          .as("threshold %s", threshold)
          .isCloseTo(expected, within(1e-3 * Math.max(1, expected)));
    }
    // The thresholds do tell rows apart.
    assertThat(skipped).hasSize(4);
  }

  private static double crossEntropy(
      BertConfig config,
      StageTensors tensors,
      Map<String, HostTensor> weights,
      List<LabelledText> rows) {
    LossTerms[] terms = new LossTerms[1];
    try (TorchScript script = TorchScript.training();
        Stage stage =
            new Stage(
                script,
                TorchDevice.CPU,
                Precision.FP32,
                tensors.stageOneTrained(),
                tensors.stageOneFrozen(),
                weights)) {
      stage.gradient(
          new StageOne(
              script,
              config,
              GateMode.HARD,
              TrainingSettings.defaults().losses(),
              Purpose.FINE_TUNING),
          rows,
          terms);
    }
    return terms[0].crossEntropy();
  }
}
