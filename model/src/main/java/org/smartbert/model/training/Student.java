package org.smartbert.model.training;

import java.util.LinkedHashMap;
import java.util.Map;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.io.HostTensor;

/**
 * A DistilBERT student and its teacher, a fine-tuned BERT: the student begins with every second
 * layer of it, the first among them, and with its classifier.
 */
public final class Student {
  private static final int STRIDE = 2;

  private final BertConfig teacherConfig;
  private final Map<String, HostTensor> teacher;

  public Student(BertConfig teacherConfig, Map<String, HostTensor> teacher) {
    this.teacherConfig = teacherConfig;
    this.teacher = teacher;
  }

  /** The student's configuration. */
  public BertConfig config() {
    return teacherConfig
        .withLayers((teacherConfig.layers() + 1) / STRIDE)
        .withMechanism(
            new Method.Mechanism(
                Method.DISTILBERT, false, false, teacherConfig.mechanism().last()));
  }

  /** What the student begins with. */
  public Map<String, HostTensor> weights() {
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    int last = config().layers() - 1;
    for (CheckpointNames.TensorSpec spec : new CheckpointNames(config()).model()) {
      HostTensor source = teacher.get(ofTeacher(spec.name(), last));
      weights.put(spec.name(), new HostTensor(spec.name(), source.shape(), source.values()));
    }
    return weights;
  }

  private String ofTeacher(String name, int last) {
    String layer = "bert.encoder.layer.";
    if (name.startsWith(layer)) {
      int dot = name.indexOf('.', layer.length());
      int i = Integer.parseInt(name.substring(layer.length(), dot));
      return layer + STRIDE * i + name.substring(dot);
    }
    return name.replace(
        "classifiers." + last + ".", "classifiers." + (teacherConfig.layers() - 1) + ".");
  }

  /** Who answers the rows. */
  public Teacher teacher() {
    return new Teacher(teacherConfig, teacher);
  }
}
