package org.smartbert.model.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.torch.TorchScript;

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
        .withMechanism(Method.DISTILBERT.mechanism());
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

  /**
   * The rows with the teacher's logits, without dropout: the same whenever they are computed.
   *
   * @param device what the teacher is computed on
   */
  public List<LabelledText> taught(List<LabelledText> rows, TorchDevice device) {
    return TorchScript.unoptimised(() -> answered(rows, device));
  }

  private List<LabelledText> answered(List<LabelledText> rows, TorchDevice device) {
    List<LabelledText> taught = new ArrayList<>(rows.size());
    try (SmartBertModel model = SmartBertModel.of(teacherConfig, teacher, Precision.FP32, device)) {
      List<Decision> decisions =
          model
              .classifier(InferenceSettings.defaults(Method.BERT))
              .decide(rows.stream().map(LabelledText::text).toList());
      for (int r = 0; r < rows.size(); r++) {
        taught.add(rows.get(r).taught(decisions.get(r).logits()));
      }
    }
    return taught;
  }
}
