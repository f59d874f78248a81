package org.smartbert.model.training;

import java.util.LinkedHashMap;
import java.util.Map;
import org.smartbert.model.io.HostTensor;

/**
 * All that a run needs to resume, and to end with the bits of an uninterrupted run.
 *
 * @param tensors the trained weights ({@code trained/NAME}), AdamW's moments ({@code moment1/NAME},
 *     {@code moment2/NAME}) and, where there is any, the best state ({@code best/NAME})
 */
public record Checkpoint(Position position, Map<String, HostTensor> tensors) {
  private static final String TRAINED = "trained/";
  private static final String FIRST = "moment1/";
  private static final String SECOND = "moment2/";
  private static final String BEST = "best/";

  /**
   * The progress of a run.
   *
   * @param index the last step that is done
   * @param batches the number of batches of its epoch that are done
   * @param best the best evaluation of stage 1 so far
   * @param minutes the time that the run has taken
   * @param due whether the evaluation after the last step is still to be made
   */
  public record Position(StepIndex index, int batches, Best best, double minutes, boolean due) {

    static Position start() {
      return new Position(StepIndex.startOf(1, 1), 0, Best.NONE, 0, false);
    }

    /** After one more step of this epoch. */
    Position stepped(double minutesNow, boolean evaluationDue) {
      return new Position(index.nextStep(), batches + 1, best, minutesNow, evaluationDue);
    }

    /** After an evaluation that selects nothing. */
    Position evaluated() {
      return new Position(index, batches, best, minutes, false);
    }

    /** After an evaluation of stage 1. */
    Position selected(double value, boolean provisional) {
      return new Position(
          index, batches, best.after(value, provisional, index.trial()), minutes, false);
    }

    Position nextEpoch() {
      return new Position(index.nextEpoch(), 0, best, minutes, false);
    }

    Position startOfTrial(int number) {
      return new Position(StepIndex.startOf(1, number), 0, best.newTrial(), minutes, false);
    }

    Position startOfStageTwo() {
      return new Position(StepIndex.startOf(2, 1), 0, best.newTrial(), minutes, false);
    }
  }

  /**
   * The best evaluation of stage 1 so far. One of a state that was trained with soft gates is
   * provisional where hard gates follow: inference reads gates as hard ones, which such a state has
   * not met. Any evaluation that is not provisional takes its place, and none of these counts for
   * early stopping.
   *
   * @param value of the selection metric; minus infinity before the first evaluation
   * @param trial the trial that gave it, from 1
   * @param evaluationsSince the number of evaluations of the current trial without an improvement
   * @param provisional whether it is provisional, or there is none yet
   */
  public record Best(double value, int trial, int evaluationsSince, boolean provisional) {
    static final Best NONE = new Best(Double.NEGATIVE_INFINITY, 1, 0, true);

    /** Whether another evaluation takes this one's place. Of equals the later does, NaN never. */
    boolean yieldsTo(double newValue, boolean newProvisional) {
      if (Double.isNaN(newValue)) {
        return false;
      }
      return provisional == newProvisional ? newValue >= value : provisional;
    }

    private Best after(double newValue, boolean newProvisional, int newTrial) {
      boolean better = yieldsTo(newValue, newProvisional);
      boolean improved = better && (newValue > value || provisional != newProvisional);
      int since = improved ? 0 : evaluationsSince + 1;
      return new Best(
          better ? newValue : value,
          better ? newTrial : trial,
          newProvisional ? evaluationsSince : since,
          better ? newProvisional : provisional);
    }

    private Best newTrial() {
      return new Best(value, trial, 0, provisional);
    }
  }

  static Checkpoint of(Position position, StageState state, Map<String, HostTensor> best) {
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    put(tensors, TRAINED, state.weights());
    put(tensors, FIRST, state.firstMoments());
    put(tensors, SECOND, state.secondMoments());
    put(tensors, BEST, best);
    return new Checkpoint(position, tensors);
  }

  /** A copy of all tensors in Java's heap. */
  public Checkpoint detached() {
    Map<String, HostTensor> copies = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> copies.put(name, tensor.copy()));
    return new Checkpoint(position, copies);
  }

  StageState state() {
    return new StageState(part(TRAINED), part(FIRST), part(SECOND), position.index().step());
  }

  Map<String, HostTensor> best() {
    return part(BEST);
  }

  private static void put(
      Map<String, HostTensor> all, String prefix, Map<String, HostTensor> part) {
    part.forEach(
        (name, tensor) ->
            all.put(prefix + name, new HostTensor(prefix + name, tensor.shape(), tensor.values())));
  }

  private Map<String, HostTensor> part(String prefix) {
    Map<String, HostTensor> part = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(prefix)) {
            String plain = name.substring(prefix.length());
            part.put(plain, new HostTensor(plain, tensor.shape(), tensor.values()));
          }
        });
    return part;
  }
}
