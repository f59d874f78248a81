package org.smartbert.model.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.training.TrainingSettings.Epochs;
import org.smartbert.model.training.TrainingSettings.Frozen;
import org.smartbert.model.training.TrainingSettings.Optimisation;
import org.smartbert.model.training.TrainingSettings.Rates;

/** Trainings of a small network, whose events are kept. */
abstract class TrainerFixture {
  final BertConfig config = TinyModels.config(3, 16, 2);
  final TrainingSettings settings =
      TrainingSettings.defaults()
          .with(optimisation(Rates.of(3e-3), 1))
          .with(new Epochs(3, 2, 2, 0, 0));
  final List<TrainingEvent> events = new ArrayList<>();

  Map<String, HostTensor> train(TrainingSettings how) {
    return train(config, how, Checkpoints.none());
  }

  Map<String, HostTensor> train(BertConfig network, TrainingSettings how, Checkpoints checkpoints) {
    try (GradientSync sync = GradientSync.single()) {
      return new TrainingLoop(
              network,
              how,
              new Safeguards(7, 5),
              new Worker(sync, TorchDevice.CPU, checkpoints, events::add, () -> false))
          .run(
              backbone(network),
              ShardedRows.all(TrainingLoopTest.rows(500, 1), 16),
              TrainingLoopTest.rows(100, 2));
    }
  }

  static Map<String, HostTensor> backbone(BertConfig network) {
    Map<String, HostTensor> backbone = new LinkedHashMap<>();
    NewWeights.fill(backbone, new CheckpointNames(network).backbone(), 0.1, 3);
    return backbone;
  }

  static float largestDifference(Map<String, HostTensor> a, Map<String, HostTensor> b) {
    float largest = 0;
    for (Map.Entry<String, HostTensor> entry : a.entrySet()) {
      for (int i = 0; i < entry.getValue().size(); i++) {
        largest =
            Math.max(
                largest,
                Math.abs(entry.getValue().values().get(i) - b.get(entry.getKey()).values().get(i)));
      }
    }
    return largest;
  }

  static Optimisation optimisation(Rates rates, int accumulation) {
    return new Optimisation(rates, 0.01, 1.0, 16, accumulation, Frozen.NOTHING);
  }

  List<TrainingEvent.Step> steps() {
    return events.stream()
        .filter(TrainingEvent.Step.class::isInstance)
        .map(TrainingEvent.Step.class::cast)
        .toList();
  }

  List<TrainingEvent.Validation> validations(int stage) {
    return events.stream()
        .filter(TrainingEvent.Validation.class::isInstance)
        .map(TrainingEvent.Validation.class::cast)
        .filter(v -> v.stage() == stage)
        .toList();
  }
}
