package org.smartbert.model.training;

import java.util.ArrayList;
import java.util.List;
import org.smartbert.model.bert.Method;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.checkpoint.CheckpointNames.TensorSpec;

/**
 * Which tensors each stage trains and which it leaves alone (section 3.3): those that the network's
 * mechanism and the losses need. A conversion leaves all alone that the classifier brought along.
 *
 * @param frozen what stage 1 leaves alone
 */
record StageTensors(
    CheckpointNames names,
    TrainingSettings.Losses losses,
    TrainingSettings.Frozen frozen,
    Purpose purpose) {
  /** All that stage 1 looks at. */
  List<TensorSpec> stageOne() {
    List<TensorSpec> specs = new ArrayList<>(names.backbone());
    specs.addAll(names.gates());
    int layers = names.config().layers();
    for (int i = 0; i < layers && contrasts(losses.stageOne()); i++) {
      specs.addAll(names.layerContrast(i));
    }
    specs.addAll(names.classifier(layers - 1));
    return specs;
  }

  /** The contrastive terms are SmartBERT's, and need heads only where they weigh something. */
  private boolean contrasts(TrainingSettings.Contrast contrast) {
    return purpose == Purpose.FINE_TUNING
        && names.config().mechanism().method() == Method.SMARTBERT
        && contrast.eta() > 0;
  }

  List<TensorSpec> stageOneTrained() {
    return stageOne().stream().filter(spec -> !frozen(spec.name())).toList();
  }

  List<TensorSpec> stageOneFrozen() {
    return stageOne().stream().filter(spec -> frozen(spec.name())).toList();
  }

  List<TensorSpec> stageTwo() {
    List<TensorSpec> specs = new ArrayList<>();
    int layers = names.config().layers();
    for (int i = 0; i < layers - 1; i++) {
      specs.addAll(names.classifier(i));
    }
    for (int i = 0; i < layers && contrasts(losses.stageTwo()); i++) {
      specs.addAll(names.classifierContrast(i));
    }
    return specs;
  }

  List<TensorSpec> stageTwoFrozen() {
    List<TensorSpec> specs = new ArrayList<>(names.backbone());
    specs.addAll(names.gates());
    specs.addAll(names.classifier(names.config().layers() - 1));
    return specs;
  }

  private boolean frozen(String name) {
    if (purpose == Purpose.CONVERSION) {
      return !name.startsWith("gates.");
    }
    if (name.startsWith("bert.embeddings.")) {
      return frozen.embeddings();
    }
    for (int i = 0; i < frozen.layers(); i++) {
      if (name.startsWith("bert.encoder.layer." + i + ".")) {
        return true;
      }
    }
    return false;
  }
}
