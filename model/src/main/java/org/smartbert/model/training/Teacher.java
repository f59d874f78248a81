package org.smartbert.model.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.Decisions;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.torch.TorchScript;

/**
 * A classifier whose answers at full depth others learn from. They are computed once, before
 * training, in float32 and without dropout: the same whenever they are computed.
 */
public record Teacher(BertConfig config, Map<String, HostTensor> weights) {
  /**
   * Labelled rows with the teacher's logits.
   *
   * @param device what the teacher is computed on
   * @param stop whether this worker is requested to stop
   * @throws TrainingStoppedException where it is
   */
  public List<LabelledText> taught(
      List<LabelledText> rows, TorchDevice device, BooleanSupplier stop) {
    return TorchScript.unoptimised(
        () -> answered(rows, device, stop, (row, answer) -> row.taught(answer.logits())));
  }

  /** Rows with the teacher's logits, and its answer as the label. */
  public List<LabelledText> labelled(
      List<LabelledText> rows, TorchDevice device, BooleanSupplier stop) {
    return TorchScript.unoptimised(
        () ->
            answered(
                rows,
                device,
                stop,
                (row, answer) -> new LabelledText(row.text(), answer.label(), answer.logits())));
  }

  private List<LabelledText> answered(
      List<LabelledText> rows,
      TorchDevice device,
      BooleanSupplier stop,
      BiFunction<LabelledText, Decision, LabelledText> with) {
    List<LabelledText> answered = new ArrayList<>(rows.size());
    InferenceSettings fullDepth = InferenceSettings.of(new ExitPolicy.Never(), Gates.OFF);
    try (SmartBertModel model = SmartBertModel.of(config, weights, Precision.FP32, device);
        Decisions answers =
            model
                .classifier(fullDepth)
                .classify(rows.stream().map(LabelledText::text).iterator())) {
      for (LabelledText row : rows) {
        if (stop.getAsBoolean()) {
          throw new TrainingStoppedException(
              "Training was stopped before its first step, while the teacher answered the rows.",
              null);
        }
        answered.add(with.apply(row, answers.next()));
      }
    }
    return answered;
  }
}
