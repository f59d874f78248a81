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
 * Equation 3: cross-entropy of the last classifier, the skip penalty λ / Σ_i mean G^i, and the
 * contrastive term of equation 4.
 */
record StageOne(
    TorchScript script,
    BertConfig config,
    GradientSync sync,
    GateMode gates,
    double skipLambda,
    TrainingSettings.Contrast contrast)
    implements Objective {

  @Override
  public Evaluation evaluate(
      NDManager scope, IValue weights, NDArray trained, List<LabelledText> rows, int globalRows) {
    TokenBatch batch = TokenBatch.of(scope, rows);
    NDList terms =
        script.call(
            Mode.GRADIENT,
            scope,
            "stage_one",
            weights,
            batch.ids(),
            batch.types(),
            batch.lengths(),
            batch.labels(),
            config.layers(),
            config.attentionHeads(),
            config.heads().gateHeads(),
            config.heads().classifierHeads(),
            config.layerNormEps(),
            config.hiddenDropout(),
            config.attentionDropout(),
            gates == GateMode.HARD,
            contrast.tau());
    // The penalty needs the mean of the gates over the whole batch before anything goes backward.
    float[] gateSums = terms.get(3).toFloatArray();
    double[] sums = new double[2 + gateSums.length];
    sums[0] = terms.get(0).getFloat();
    sums[1] = terms.get(2).getFloat();
    for (int i = 0; i < gateSums.length; i++) {
      sums[2 + i] = gateSums[i];
    }
    sync.sum(sums);
    double[] means = Arrays.stream(sums).map(sum -> sum / globalRows).toArray();
    double[] gateMeans = Arrays.copyOfRange(means, 2, means.length);
    double gatesInAll = Arrays.stream(gateMeans).sum();
    NDArray gradient =
        script
            .call(
                Mode.GRADIENT,
                scope,
                "stage_one_gradient",
                terms,
                trained,
                (double) globalRows,
                skipLambda,
                gatesInAll,
                contrast.eta())
            .get(0);
    double penalty = skipLambda / gatesInAll;
    return new Evaluation(
        new LossTerms(
            means[0] + penalty + contrast.eta() * means[1], means[0], penalty, means[1], gateMeans),
        gradient);
  }
}
