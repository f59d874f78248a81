package org.smartbert.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import java.util.Arrays;
import java.util.List;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.torch.TorchScript;
import org.smartbert.model.torch.TorchScript.Mode;

/**
 * Equation 8: the summed cross-entropies of classifiers 1..L-1 and the contrastive term of equation
 * 6. The frozen network is run as inference runs it, gates hard and without dropout, because those
 * are the hidden states the classifiers will meet.
 */
record StageTwo(
    TorchScript script, BertConfig config, GradientSync sync, TrainingSettings.Contrast contrast)
    implements Objective {

  @Override
  public Evaluation evaluate(
      NDManager scope, IValue weights, NDArray trained, List<LabelledText> rows, int globalRows) {
    TokenBatch batch = TokenBatch.of(scope, rows);
    NDList states =
        script.call(
            Mode.CONSTANT,
            scope,
            "hidden_states",
            weights,
            batch.ids(),
            batch.types(),
            batch.lengths(),
            config.layers(),
            config.attentionHeads(),
            config.heads().gateHeads(),
            config.layerNormEps());
    NDList terms =
        script.call(
            Mode.GRADIENT,
            scope,
            "stage_two",
            weights,
            states,
            batch.lengths(),
            batch.labels(),
            config.heads().classifierHeads(),
            config.layerNormEps(),
            config.attentionDropout(),
            contrast.tau());
    double[] sums = {0, terms.get(1).getFloat()};
    for (float crossEntropy : terms.get(0).toFloatArray()) {
      sums[0] += crossEntropy;
    }
    sync.sum(sums);
    double[] means = Arrays.stream(sums).map(sum -> sum / globalRows).toArray();
    NDArray gradient =
        script
            .call(
                Mode.GRADIENT,
                scope,
                "stage_two_gradient",
                terms,
                trained,
                (double) globalRows,
                contrast.eta())
            .get(0);
    return new Evaluation(
        new LossTerms(means[0] + contrast.eta() * means[1], means[0], 0, means[1], new double[0]),
        gradient);
  }
}
