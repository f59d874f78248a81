package org.smartbert.model.training;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.smartbert.model.training.Checkpoint.Position;

/**
 * The steps of one stage with one learning rate, from any position to its end.
 *
 * @param objectives what is minimised in an epoch, counted from 1
 * @param epochs of the stage
 * @param learningRate the schedule's peak
 * @param minutes after which the stage ends, counted over the run; infinite for no limit
 */
record StageRun(
    Stage stage,
    IntFunction<Objective> objectives,
    int epochs,
    double learningRate,
    double minutes,
    TrainingSettings settings,
    Safeguards safeguards,
    GradientSync sync,
    ShardedRows rows,
    Consumer<TrainingEvent> listener) {

  /** What happens between steps. */
  interface Between {
    /** Scores the model, keeps a checkpoint; returns where the run stands after that. */
    Position evaluated(Position at);

    /** Keeps a checkpoint. */
    void checkpoint(Position at);
  }

  /** Goes on to the end of the stage; returns the last position. */
  Position run(Position from, Between between) {
    Position at = from;
    long started = System.nanoTime();
    while (!ended(at)) {
      Objective objective = objectives.apply(at.epoch());
      List<List<LabelledText>> shares = rows.epoch(epochSeed(at));
      long epochStarted = System.nanoTime();
      long rowsDone = 0;
      boolean timeUp = false;
      while (at.batches() < rows.batches() && !stepLimit(at) && !timeUp) {
        int batch = at.batches();
        long step = at.steps() + 1;
        double minutesNow = from.minutes() + (System.nanoTime() - started) / 60e9;
        double rate =
            settings
                .optimisation()
                .schedule()
                .rate(learningRate, settings.optimisation().warmupSteps(), steps(), step);
        // Rank 0's clock decides for all, so that all stop at the same step.
        double vote = sync.rank() == 0 && minutesNow >= minutes ? 1 : 0;
        Stage.Outcome outcome =
            stage.step(
                objective,
                sync,
                new Stage.Share(shares.get(batch), rows.rowsOf(batch), stepSeed(at), vote),
                rate,
                settings.optimisation());
        at = moved(at, at.epoch(), batch + 1, step, minutesNow);
        timeUp = outcome.votes() > 0;
        rowsDone += rows.rowsOf(batch);
        report(at, outcome.loss(), rate, rowsDone / ((System.nanoTime() - epochStarted) / 1e9));
        if (every(safeguards.compareEvery(), step)) {
          Replicas.requireEqual(sync, stage.layout(), stage.trainedBytes(), step);
        }
        boolean endOfEpoch = at.batches() == rows.batches() || stepLimit(at) || timeUp;
        if (endOfEpoch
            ? timeUp || evaluatesAtEnd(at)
            : every(settings.selection().evaluateEvery(), step)) {
          at = between.evaluated(at);
          if (impatient(at)) {
            return at;
          }
        } else if (every(safeguards.checkpointEvery(), step)) {
          between.checkpoint(at);
        }
      }
      if (timeUp || stepLimit(at)) {
        return at;
      }
      at = moved(at, at.epoch() + 1, 0, at.steps(), at.minutes());
    }
    return at;
  }

  private boolean ended(Position at) {
    return at.epoch() > epochs || stepLimit(at) || impatient(at);
  }

  private boolean stepLimit(Position at) {
    return at.steps() >= steps();
  }

  private boolean impatient(Position at) {
    int patience = settings.selection().patience();
    return patience > 0 && at.withoutGain() >= patience;
  }

  /** Each epoch's end is an evaluation, unless evaluations have a rhythm of their own. */
  private boolean evaluatesAtEnd(Position at) {
    boolean lastEpoch = at.epoch() == epochs || stepLimit(at);
    return settings.selection().evaluateEvery() == 0
        || lastEpoch
        || every(settings.selection().evaluateEvery(), at.steps());
  }

  private static boolean every(int steps, long step) {
    return steps > 0 && step % steps == 0;
  }

  private long steps() {
    long all = (long) rows.batches() * epochs;
    int limit = settings.epochs().maxSteps();
    return limit > 0 ? Math.min(limit, all) : all;
  }

  private static Position moved(Position at, int epoch, int batches, long steps, double minutes) {
    return new Position(
        at.stage(),
        at.trial(),
        epoch,
        batches,
        steps,
        at.best(),
        at.bestTrial(),
        at.withoutGain(),
        minutes);
  }

  private long epochSeed(Position at) {
    return settings.seed() * 31 + at.stage() * 1009L + at.epoch();
  }

  /** Derived, not drawn, so that a resumed run needs no generator's state. */
  private long stepSeed(Position at) {
    return (((settings.seed() * 31 + at.stage()) * 1_000_003 + at.steps() + 1) * 4099 + sync.rank())
        * 257;
  }

  private void report(Position at, LossTerms loss, double rate, double rowsPerSecond) {
    listener.accept(
        new TrainingEvent.Step(
            at.stage(),
            at.trial(),
            at.epoch(),
            Math.toIntExact(at.steps()),
            Math.toIntExact(steps()),
            loss.loss(),
            loss.crossEntropy(),
            loss.skipPenalty(),
            loss.contrastive(),
            loss.gateMeans(),
            rate,
            rowsPerSecond));
  }
}
