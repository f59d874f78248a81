package org.smartbert.jobs.actions.training;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.training.Conversion;
import org.smartbert.model.training.LabelledText;

/** A classifier that gains exits, and answers the rows that they learn from. */
record ClassifierStart(Conversion conversion) implements StartingPoint {
  /**
   * Reads a classifier of full depth.
   *
   * @param gates whether it gains gates too
   */
  static ClassifierStart of(Path directory, Gates gates) {
    BertConfig config = ModelDirectory.config(directory);
    if (ModelDirectory.isQuantised(directory)) {
      throw new InvalidInputException(
          "The model in %s is quantised; convert the model that it was quantised from, and quantize"
              + " the result.",
          directory);
    }
    if (config.mechanism().skips() || config.mechanism().exits()) {
      throw new InvalidInputException(
          "The model in %s is a %s model and has %s already; convert takes classifiers of full"
              + " depth, and train makes other exits.",
          directory,
          config.mechanism().method().id(),
          config.mechanism().exits() ? "exits" : "gates");
    }
    if (config.layers() == 1) {
      throw new InvalidInputException(
          "The model in %s has 1 layer, and there is nothing to exit from; convert takes"
              + " classifiers of 2 layers or more.",
          directory);
    }
    return new ClassifierStart(
        new Conversion(config, ModelDirectory.openModel(directory).weights(), gates));
  }

  @Override
  public BertConfig config() {
    return conversion.config();
  }

  @Override
  public BertConfig config(List<String> labels) {
    if (!config().labels().equals(labels)) {
      throw new InvalidInputException(
          "The classifier knows the labels %s now, and it knew %s when the run began; restore it to"
              + " finish that run.",
          String.join(", ", config().labels()), String.join(", ", labels));
    }
    return config();
  }

  @Override
  public Map<String, HostTensor> weights(List<String> labels) {
    return conversion.weights();
  }

  @Override
  public Optional<String> note(List<String> labels) {
    return Optional.empty();
  }

  @Override
  public List<LabelledText> train(
      List<LabelledText> rows, TorchDevice device, BooleanSupplier stop) {
    return conversion.teacher().labelled(rows, device, stop);
  }

  @Override
  public List<LabelledText> validation(
      List<LabelledText> rows, TorchDevice device, BooleanSupplier stop) {
    return conversion.teacher().labelled(rows, device, stop);
  }
}
