package org.smartbert.model.bert;

import java.io.Serializable;
import java.util.Locale;

/** The systems of the paper's table 1, by what they add to BERT. */
public enum Method {
  /** A skipping gate and an exit classifier in each layer; leaves where the entropy is low. */
  SMARTBERT(Classifier.ATTENTION, true, true),
  /** Full depth, one classifier. */
  BERT(Classifier.POOLER, false, false),
  /** Half of BERT's layers, trained by BERT's answers. */
  DISTILBERT(Classifier.POOLER, false, false),
  /** A linear classifier on the pooled [CLS] of each layer; leaves where the entropy is low. */
  DEEBERT(Classifier.POOLER, false, true),
  /** Classifiers that learn from the last one; leaves where entropy divided by ln C is low. */
  FASTBERT(Classifier.ATTENTION, false, true);

  /** What a classifier looks at. */
  public enum Classifier {
    /** Self-attention over a projection of all tokens (section 3.1). */
    ATTENTION,
    /** Tanh of a linear map of the [CLS] token, H to H. */
    POOLER;

    /** As config.json writes it. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Classifier classifier;
  private final boolean skips;
  private final boolean exits;

  Method(Classifier classifier, boolean skips, boolean exits) {
    this.classifier = classifier;
    this.skips = skips;
    this.exits = exits;
  }

  /** The classifier of each layer that has one. */
  public Classifier classifier() {
    return classifier;
  }

  /** As users and config.json write it. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The method with all that it has. */
  public Mechanism mechanism() {
    return new Mechanism(this, skips, exits);
  }

  /**
   * What a network is able to do; table 3's ablations are SmartBERT without one of the two.
   *
   * @param skips whether there are gates
   * @param exits whether every layer has a classifier, not the last alone
   * @param last the classifier of the last layer: the method's, or another that a network brought
   *     along when it gained the method's exits
   */
  public record Mechanism(Method method, boolean skips, boolean exits, Classifier last)
      implements Serializable {
    /** The method's own classifier in every layer that has one. */
    public Mechanism(Method method, boolean skips, boolean exits) {
      this(method, skips, exits, method.classifier());
    }

    /** Whether layer {@code i} of {@code layers}, from 0, has a classifier. */
    public boolean classifies(int i, int layers) {
      return exits || i == layers - 1;
    }

    /** The classifier of layer {@code i} of {@code layers}, from 0. */
    public Classifier classifier(int i, int layers) {
      return i == layers - 1 ? last : method.classifier();
    }
  }
}
