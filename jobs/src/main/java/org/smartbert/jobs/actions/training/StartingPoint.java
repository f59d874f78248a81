package org.smartbert.jobs.actions.training;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.training.Student;

/**
 * What training begins with.
 *
 * @param config of the model to be, labels apart
 * @param student the student of a distillation; empty where there is none
 */
public record StartingPoint(
    BertConfig config, Map<String, HostTensor> weights, Optional<Student> student) {

  /**
   * Reads a BERT directory, or a student's teacher.
   *
   * @throws InvalidInputException if distilbert's directory is not a model of the method bert
   */
  public static StartingPoint of(Path directory, Method.Mechanism mechanism) {
    if (mechanism.method() != Method.DISTILBERT) {
      ModelDirectory.Contents backbone = ModelDirectory.openBackbone(directory);
      return new StartingPoint(
          backbone.config().withMechanism(mechanism), backbone.weights(), Optional.empty());
    }
    BertConfig teacher = ModelDirectory.config(directory);
    Method method = teacher.mechanism().method();
    if (method != Method.BERT) {
      throw new InvalidInputException(
          "The model in %s is a %s model; distilbert learns from one that train --method bert"
              + " wrote.",
          directory, method.id());
    }
    Student student = new Student(teacher, ModelDirectory.openModel(directory).weights());
    return new StartingPoint(student.config(), student.weights(), Optional.of(student));
  }

  /** The configuration of a model with these labels; a teacher's must be the same. */
  public BertConfig config(List<String> labels) {
    if (student.isPresent() && !config.labels().equals(labels)) {
      throw new InvalidInputException(
          "The teacher knows the labels %s, and the rows hold %s; distil with the rows that the"
              + " teacher was trained on.",
          String.join(", ", config.labels()), String.join(", ", labels));
    }
    return config.withLabels(labels);
  }
}
