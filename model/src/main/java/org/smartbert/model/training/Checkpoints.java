package org.smartbert.model.training;

import java.util.Optional;

/** Where a run's checkpoints are kept. Only the worker of rank 0 saves; every worker reads. */
public interface Checkpoints {
  /** The checkpoint that a run resumes from: the same for all workers. */
  Optional<Checkpoint> latest();

  /**
   * Saves a state.
   *
   * @param checkpoint its tensors may be those that training goes on to change: they hold this
   *     state until this method returns; {@link Checkpoint#detached} outlives it
   */
  void save(Checkpoint checkpoint);

  /** Keeps nothing. */
  static Checkpoints none() {
    return new Checkpoints() {
      @Override
      public Optional<Checkpoint> latest() {
        return Optional.empty();
      }

      @Override
      public void save(Checkpoint checkpoint) {}
    };
  }
}
