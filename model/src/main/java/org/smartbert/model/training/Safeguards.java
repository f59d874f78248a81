package org.smartbert.model.training;

import java.io.Serializable;

/**
 * What a run does for its safety; the model does not depend on it.
 *
 * @param checkpointEvery steps between checkpoints; one is written after each evaluation anyway
 * @param compareEvery steps between comparisons of the replicas
 */
public record Safeguards(int checkpointEvery, int compareEvery) implements Serializable {
  public static final Safeguards DEFAULT = new Safeguards(500, 100);
}
