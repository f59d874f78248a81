package org.smartbert.jobs.actions.training;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.training.LabelledText;
import org.smartbert.model.training.Student;

/**
 * DistilBERT's teacher, whose layers the student begins with.
 *
 * @param config of the student, with the teacher's labels
 */
record TeacherStart(BertConfig config, Student student) implements StartingPoint {
  static TeacherStart of(Path directory) {
    BertConfig teacher = ModelDirectory.config(directory);
    Method method = teacher.mechanism().method();
    if (method != Method.BERT) {
      throw new InvalidInputException(
          "The model in %s is a %s model; distilbert learns from one that train --method bert"
              + " wrote.",
          directory, method.id());
    }
    Student student = new Student(teacher, ModelDirectory.openModel(directory).weights());
    return new TeacherStart(student.config(), student);
  }

  @Override
  public BertConfig config(List<String> labels) {
    if (!config.labels().equals(labels)) {
      throw new InvalidInputException(
          "The teacher knows the labels %s, and the rows hold %s; distil with the rows that the"
              + " teacher was trained on.",
          String.join(", ", config.labels()), String.join(", ", labels));
    }
    return config;
  }

  @Override
  public Map<String, HostTensor> weights(List<String> labels) {
    return student.weights();
  }

  @Override
  public Optional<String> note(List<String> labels) {
    return Optional.empty();
  }

  @Override
  public List<LabelledText> train(
      List<LabelledText> rows, TorchDevice device, BooleanSupplier stop) {
    return student.teacher().taught(rows, device, stop);
  }

  /** The labels alone count there. */
  @Override
  public List<LabelledText> validation(
      List<LabelledText> rows, TorchDevice device, BooleanSupplier stop) {
    return rows;
  }
}
