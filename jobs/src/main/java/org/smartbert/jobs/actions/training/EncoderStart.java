package org.smartbert.jobs.actions.training;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Quoted;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.checkpoint.ConfigJson;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.training.LabelledText;

/**
 * A BERT directory. Where it holds a classifier of the same labels, and of the kind that the method
 * trains, training starts from that too.
 *
 * @param config of the model to be, without labels
 * @param files the directory's weights
 * @param head the classifier of its last layer; empty where there is none
 */
record EncoderStart(
    Path directory, BertConfig config, Map<String, HostTensor> files, Optional<Head> head)
    implements StartingPoint {

  /**
   * A classifier that a directory holds, or says that it holds.
   *
   * @param labels in the order of its logits
   * @param flaw why it cannot be used at all; empty for a whole one
   */
  private record Head(Method.Classifier kind, List<String> labels, Optional<String> flaw) {
    static Head of(BertConfig classifier) {
      return new Head(classifier.mechanism().last(), classifier.labels(), Optional.empty());
    }
  }

  static EncoderStart of(Path directory, Method.Mechanism mechanism) {
    if (!Files.isDirectory(directory) || !ConfigJson.describesClassifier(directory)) {
      return encoder(directory, mechanism, Optional.empty());
    }
    try {
      ModelDirectory.Contents classifier = ModelDirectory.openModel(directory);
      return new EncoderStart(
          directory,
          classifier.config().withLabels(List.of()).withMechanism(mechanism),
          classifier.weights(),
          Optional.of(Head.of(classifier.config())));
    } catch (InvalidInputException e) {
      // The encoder may serve all the same. The user is told why the classifier does not.
      Head broken =
          new Head(mechanism.method().classifier(), List.of(), Optional.of(e.getMessage()));
      return encoder(directory, mechanism, Optional.of(broken));
    }
  }

  private static EncoderStart encoder(
      Path directory, Method.Mechanism mechanism, Optional<Head> head) {
    ModelDirectory.Contents backbone = ModelDirectory.openBackbone(directory);
    return new EncoderStart(
        directory, backbone.config().withMechanism(mechanism), backbone.weights(), head);
  }

  @Override
  public BertConfig config(List<String> labels) {
    return config.withLabels(labels);
  }

  @Override
  public Map<String, HostTensor> weights(List<String> labels) {
    CheckpointNames names = new CheckpointNames(config(labels));
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    names.backbone().forEach(spec -> weights.put(spec.name(), files.get(spec.name())));
    if (head.isPresent() && mismatch(head.get(), labels).isEmpty()) {
      for (CheckpointNames.TensorSpec spec : names.classifier(config.layers() - 1)) {
        HostTensor tensor = files.get(spec.name());
        boolean ofClasses = spec.name().contains(".output.");
        weights.put(spec.name(), ofClasses ? inOrder(tensor, head.get().labels(), labels) : tensor);
      }
    }
    return weights;
  }

  /** The classes' weights in another order of the labels. */
  private static HostTensor inOrder(HostTensor tensor, List<String> from, List<String> to) {
    int columns = tensor.size() / from.size();
    float[] values = new float[tensor.size()];
    for (int row = 0; row < to.size(); row++) {
      int source = from.indexOf(to.get(row)) * columns;
      for (int column = 0; column < columns; column++) {
        values[row * columns + column] = tensor.values().get(source + column);
      }
    }
    return HostTensor.of(tensor.name(), values, tensor.dimensions());
  }

  @Override
  public Optional<String> note(List<String> labels) {
    return head.map(
        found ->
            mismatch(found, labels)
                .map(
                    why ->
                        "Training starts from the encoder of "
                            + directory
                            + "; its classifier is not used: "
                            + why)
                .orElse(
                    "Training starts from the encoder and the classifier of " + directory + "."));
  }

  /** Why the classifier is not one to start from, if it is not. */
  private Optional<String> mismatch(Head found, List<String> labels) {
    if (found.flaw().isPresent()) {
      return found.flaw();
    }
    Method.Classifier wanted = config.mechanism().last();
    if (found.kind() != wanted) {
      return Optional.of(
          "it is of the kind %s, and that of %s is of the kind %s."
              .formatted(found.kind().id(), config.mechanism().method().id(), wanted.id()));
    }
    if (!Set.copyOf(found.labels()).equals(Set.copyOf(labels))) {
      return Optional.of(
          "it knows the labels %s, and the rows hold %s."
              .formatted(
                  Quoted.of(String.join(", ", found.labels())),
                  Quoted.of(String.join(", ", labels))));
    }
    return Optional.empty();
  }

  @Override
  public List<LabelledText> train(
      List<LabelledText> rows, TorchDevice device, BooleanSupplier stop) {
    return rows;
  }

  @Override
  public List<LabelledText> validation(
      List<LabelledText> rows, TorchDevice device, BooleanSupplier stop) {
    return rows;
  }
}
