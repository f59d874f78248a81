package org.smartbert.model.training;

import java.util.Map;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.io.HostTensor;

/**
 * A classifier of full depth that gains SmartBERT's exits, and its gates where they are on. They
 * learn from the classifier's own answers. Its encoder and its classifier stay as they are, so that
 * the network at full depth answers as before.
 *
 * @param original a classifier without gates and exits, whatever its last layer's classifier is
 */
public record Conversion(BertConfig original, Map<String, HostTensor> weights, Gates gates) {
  /** The configuration of the network with exits; the weights of the original fit it. */
  public BertConfig config() {
    boolean exits = true;
    return original.withMechanism(
        new Method.Mechanism(
            Method.SMARTBERT, gates == Gates.ON, exits, original.mechanism().last()));
  }

  /** Who answers the rows. */
  public Teacher teacher() {
    return new Teacher(original, weights);
  }
}
