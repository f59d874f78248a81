package org.smartbert.model.training;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.torch.TorchScript;
import org.smartbert.model.torch.TorchScript.Mode;

/**
 * Equation 8: the summed cross-entropies of classifiers 1..L-1 and the contrastive term of equation
 * 6. The frozen network is run as inference runs it, gates hard and without dropout, because those
 * are the hidden states the classifiers will meet. FastBERT's classifiers learn the last one's
 * distribution instead of the labels, as those of the others may ({@link ExitTargets#LAST}, the
 * divergences in the cross-entropies' place), and a conversion's the distribution that the teacher
 * gave to each row. Sums: cross-entropy or divergence, class weights, contrast.
 */
record StageTwo(
    TorchScript script, BertConfig config, TrainingSettings.Losses losses, Purpose purpose)
    implements Objective {

  @Override
  public NDList forward(NDManager scope, IValue weights, TokenBatch rows, Mode mode) {
    NDList states =
        script.call(
            Mode.CONSTANT,
            scope,
            "hidden_states",
            weights,
            rows.ids(),
            rows.types(),
            rows.lengths(),
            config.layers(),
            config.attentionHeads(),
            config.heads().gateHeads(),
            config.layerNormEps(),
            config.heads().skipThreshold());
    if (purpose == Purpose.CONVERSION || config.mechanism().method() == Method.FASTBERT) {
      return script.call(
          mode,
          scope,
          "distil_classifiers",
          weights,
          states,
          rows.lengths(),
          rows.teacher(),
          config.heads().classifierHeads(),
          config.training().attentionDropout());
    }
    return script.call(
        mode,
        scope,
        "stage_two",
        weights,
        states,
        rows.lengths(),
        rows.labels(),
        config.heads().classifierHeads(),
        config.layerNormEps(),
        config.training().attentionDropout(),
        losses.stageTwo().tau(),
        distils(),
        ClassWeights.tensor(scope, losses.classWeights(), config.labels().size()),
        losses.labelSmoothing());
  }

  private boolean distils() {
    return purpose == Purpose.CONVERSION
        || config.mechanism().method() == Method.FASTBERT
        || losses.exits() == ExitTargets.LAST;
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
    return !distils() && !losses.classWeights().isEmpty();
  }

  @Override
  public LossTerms loss(double[] sums, int globalRows) {
    double crossEntropy = sums[0] / sums[1];
    double contrast = sums[2] / globalRows;
    return new LossTerms(
        crossEntropy + losses.stageTwo().eta() * contrast,
        crossEntropy,
        0,
        contrast,
        new double[0]);
  }

  @Override
  public void gradient(
      NDManager scope, NDList terms, Target target, double[] sums, int globalRows) {
    // Without class weights a batch's weights add up to its rows.
    double weightInAll = gradientNeedsSums() ? sums[1] : globalRows;
    script.call(
        Mode.GRADIENT,
        scope,
        "stage_two_gradient",
        terms,
        target.parts(),
        target.add(),
        (double) globalRows,
        weightInAll,
        losses.stageTwo().eta());
  }
}
