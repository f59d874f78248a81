package org.smartbert.model.training;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.torch.TorchScript;
import org.smartbert.model.torch.TorchScript.Mode;

/**
 * DistilBERT's loss: {@code a CE(labels) + (1 - a) T² KL(teacher || student)}, both distributions
 * softened by T. Sums: cross-entropy, class weights, divergence.
 */
record Distillation(TorchScript script, BertConfig config, TrainingSettings.Losses losses)
    implements Objective {

  @Override
  public NDList forward(NDManager scope, IValue weights, TokenBatch rows, Mode mode) {
    return script.call(
        mode,
        scope,
        "student",
        weights,
        rows.ids(),
        rows.types(),
        rows.lengths(),
        rows.labels(),
        rows.teacher(),
        config.layers(),
        config.attentionHeads(),
        config.heads().classifierHeads(),
        config.layerNormEps(),
        config.training().hiddenDropout(),
        config.training().attentionDropout(),
        losses.teacher().temperature(),
        ClassWeights.tensor(scope, losses.classWeights(), config.classes()),
        losses.labelSmoothing());
  }

  @Override
  public int sums() {
    return 3;
  }

  @Override
  public double[] sumsOf(NDList terms) {
    return new double[] {terms.get(0).getFloat(), terms.get(1).getFloat(), terms.get(2).getFloat()};
  }

  @Override
  public boolean gradientNeedsSums() {
    return !losses.classWeights().isEmpty();
  }

  @Override
  public LossTerms loss(double[] sums, int globalRows) {
    double crossEntropy = sums[0] / sums[1];
    double soft = sums[2] / globalRows;
    double share = losses.teacher().labelsShare();
    double squared = losses.teacher().temperature() * losses.teacher().temperature();
    return new LossTerms(
        share * crossEntropy + (1 - share) * squared * soft, crossEntropy, 0, 0, new double[0]);
  }

  @Override
  public void gradient(
      NDManager scope, NDList terms, Target target, double[] sums, int globalRows) {
    // Without class weights a batch's weights add up to its rows.
    double weightInAll = gradientNeedsSums() ? sums[1] : globalRows;
    script.call(
        Mode.GRADIENT,
        scope,
        "student_gradient",
        terms,
        target.parts(),
        target.add(),
        (double) globalRows,
        weightInAll,
        losses.teacher().labelsShare(),
        losses.teacher().temperature());
  }
}
