package org.smartbert.model.training;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import java.util.Arrays;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.torch.TorchScript;
import org.smartbert.model.torch.TorchScript.Mode;

/**
 * Equation 3: cross-entropy of the last classifier, the skip penalty ({@link SkipPenalty}), and the
 * contrastive term of equation 4. A network without gates has no skip penalty. A conversion's gates
 * learn to keep the classifier's answers: the divergence from them stands in the cross-entropy's
 * place, and there is neither dropout nor a contrastive term. Sums: cross-entropy or divergence,
 * class weights, contrast, then the gates by layer.
 */
record StageOne(
    TorchScript script,
    BertConfig config,
    GateMode gates,
    TrainingSettings.Losses losses,
    Purpose purpose)
    implements Objective {

  @Override
  public NDList forward(NDManager scope, IValue weights, TokenBatch rows, Mode mode) {
    if (purpose == Purpose.CONVERSION) {
      return script.call(
          mode,
          scope,
          "distil_gates",
          weights,
          rows.ids(),
          rows.types(),
          rows.lengths(),
          rows.teacher(),
          config.layers(),
          config.attentionHeads(),
          config.heads().gateHeads(),
          config.heads().classifierHeads(),
          config.layerNormEps(),
          gates == GateMode.HARD,
          losses.skips().countsHardGates(),
          config.heads().skipThreshold());
    }
    return script.call(
        mode,
        scope,
        "stage_one",
        weights,
        rows.ids(),
        rows.types(),
        rows.lengths(),
        rows.labels(),
        config.layers(),
        config.attentionHeads(),
        config.heads().gateHeads(),
        config.heads().classifierHeads(),
        config.layerNormEps(),
        config.training().hiddenDropout(),
        config.training().attentionDropout(),
        gates == GateMode.HARD,
        losses.skips().countsHardGates(),
        config.heads().skipThreshold(),
        losses.stageOne().tau(),
        ClassWeights.tensor(scope, losses.classWeights(), config.labels().size()),
        losses.labelSmoothing());
  }

  @Override
  public int sums() {
    return 3 + config.layers();
  }

  @Override
  public double[] sumsOf(NDList terms) {
    float[] gateSums = terms.get(3).toFloatArray();
    double[] sums = new double[sums()];
    for (int i = 0; i < 3; i++) {
      sums[i] = terms.get(i).getFloat();
    }
    for (int i = 0; i < gateSums.length; i++) {
      sums[3 + i] = gateSums[i];
    }
    return sums;
  }

  @Override
  public boolean gradientNeedsSums() {
    return true;
  }

  @Override
  public LossTerms loss(double[] sums, int globalRows) {
    double[] gateMeans = gateMeans(sums, globalRows);
    double crossEntropy = sums[0] / sums[1];
    double contrast = sums[2] / globalRows;
    double penalty = skips() ? losses.skips().of(gateMeans) : 0;
    return new LossTerms(
        crossEntropy + penalty + losses.stageOne().eta() * contrast,
        crossEntropy,
        penalty,
        contrast,
        skips() ? gateMeans : new double[0]);
  }

  private static double[] gateMeans(double[] sums, int globalRows) {
    return Arrays.stream(sums).skip(3).map(sum -> sum / globalRows).toArray();
  }

  private boolean skips() {
    return config.mechanism().skips();
  }

  @Override
  public void gradient(
      NDManager scope, NDList terms, Target target, double[] sums, int globalRows) {
    script.call(
        Mode.GRADIENT,
        scope,
        "stage_one_gradient",
        terms,
        target.parts(),
        target.add(),
        (double) globalRows,
        sums[1],
        skips() ? losses.skips().slope(gateMeans(sums, globalRows)) : 0.0,
        losses.stageOne().eta());
  }
}
