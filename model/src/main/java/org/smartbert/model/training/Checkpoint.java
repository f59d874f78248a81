package org.smartbert.model.training;

import java.util.LinkedHashMap;
import java.util.Map;
import org.smartbert.model.io.HostTensor;

/**
 * All that a run needs to go on, and to end with the bits that it would have had undisturbed.
 *
 * @param tensors the trained weights ({@code trained/NAME}), AdamW's moments ({@code moment1/NAME},
 *     {@code moment2/NAME}) and, where there is any, the state that goes on ({@code best/NAME})
 */
public record Checkpoint(Position position, Map<String, HostTensor> tensors) {
  private static final String TRAINED = "trained/";
  private static final String FIRST = "moment1/";
  private static final String SECOND = "moment2/";
  private static final String BEST = "best/";

  /**
   * Where a run stands.
   *
   * @param stage 1 or 2
   * @param trial which of the learning rates is tried, from 1
   * @param epoch from 1
   * @param batches of that epoch that are done
   * @param steps optimiser steps of this stage and trial
   * @param best the best validation value of stage 1 so far
   * @param bestTrial where it was seen
   * @param withoutGain evaluations since then, of this trial
   * @param minutes that the run has taken
   * @param due whether the evaluation that belongs to the last step is still to come
   */
  public record Position(
      int stage,
      int trial,
      int epoch,
      int batches,
      long steps,
      double best,
      int bestTrial,
      int withoutGain,
      double minutes,
      boolean due) {

    static Position start() {
      return new Position(1, 1, 1, 0, 0, Double.NEGATIVE_INFINITY, 1, 0, 0, false);
    }

    /** One step further in this epoch. */
    Position stepped(double minutesNow, boolean evaluationDue) {
      return new Position(
          stage,
          trial,
          epoch,
          batches + 1,
          steps + 1,
          best,
          bestTrial,
          withoutGain,
          minutesNow,
          evaluationDue);
    }

    /** The evaluation is done. */
    Position evaluated() {
      return new Position(
          stage, trial, epoch, batches, steps, best, bestTrial, withoutGain, minutes, false);
    }

    /** The evaluation is done and gave {@code value}, which is the best so far or not. */
    Position selected(double value, boolean better) {
      return new Position(
          stage,
          trial,
          epoch,
          batches,
          steps,
          better ? value : best,
          better ? trial : bestTrial,
          better && value > best ? 0 : withoutGain + 1,
          minutes,
          false);
    }

    Position nextEpoch() {
      return new Position(
          stage, trial, epoch + 1, 0, steps, best, bestTrial, withoutGain, minutes, false);
    }

    Position startOfTrial(int number) {
      return new Position(1, number, 1, 0, 0, best, bestTrial, 0, minutes, false);
    }

    Position startOfStageTwo() {
      return new Position(2, 1, 1, 0, 0, best, bestTrial, 0, minutes, false);
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

  StageState state() {
    return new StageState(part(TRAINED), part(FIRST), part(SECOND), position.steps());
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
