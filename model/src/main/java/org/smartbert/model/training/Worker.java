package org.smartbert.model.training;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.smartbert.model.torch.TorchDevice;

/**
 * One of the workers that train a model together.
 *
 * @param sync how it agrees with the others
 * @param device what it computes on
 * @param checkpoints where rank 0 saves and every worker resumes from
 * @param listener told of every step and evaluation
 * @param stop whether this worker is requested to stop. Polled at every step and during
 *     evaluations; when one worker is requested to stop, all stop after the same step, and rank 0
 *     saves a checkpoint
 */
public record Worker(
    GradientSync sync,
    TorchDevice device,
    Checkpoints checkpoints,
    Consumer<TrainingEvent> listener,
    BooleanSupplier stop) {

  /** A single worker without checkpoints that is never requested to stop. */
  public static Worker alone(TorchDevice device, Consumer<TrainingEvent> listener) {
    return new Worker(GradientSync.single(), device, Checkpoints.none(), listener, () -> false);
  }
}
