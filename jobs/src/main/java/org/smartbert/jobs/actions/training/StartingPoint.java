package org.smartbert.jobs.actions.training;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.training.LabelledText;
import org.smartbert.model.training.Purpose;

/** What training begins with. */
public sealed interface StartingPoint permits EncoderStart, TeacherStart, ClassifierStart {
  /**
   * Reads a BERT directory, a student's teacher, or a classifier that gains exits.
   *
   * @param mechanism what the trained network has
   * @throws org.smartbert.model.InvalidInputException if the directory is not what is needed
   */
  static StartingPoint of(Path directory, Purpose purpose, Method.Mechanism mechanism) {
    if (purpose == Purpose.CONVERSION) {
      return ClassifierStart.of(directory, mechanism.skips() ? Gates.ON : Gates.OFF);
    }
    return mechanism.method() == Method.DISTILBERT
        ? TeacherStart.of(directory)
        : EncoderStart.of(directory, mechanism);
  }

  /** The configuration of the model to be; its labels only where they are known already. */
  BertConfig config();

  /**
   * The configuration of a model with these labels.
   *
   * @throws org.smartbert.model.InvalidInputException where the labels are known already and others
   */
  BertConfig config(List<String> labels);

  /** Weights to start from, for these labels. */
  Map<String, HostTensor> weights(List<String> labels);

  /** A sentence for people on what is used of the directory, where that is not self-evident. */
  Optional<String> note(List<String> labels);

  /** Training rows with what a teacher says of them, where there is one. */
  List<LabelledText> train(List<LabelledText> rows, TorchDevice device, BooleanSupplier stop);

  /** Validation rows with the labels that they are compared with. */
  List<LabelledText> validation(List<LabelledText> rows, TorchDevice device, BooleanSupplier stop);
}
