package org.smartbert.model.training;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;
import org.smartbert.model.Precision;
import org.smartbert.model.training.Checkpoint.Position;

/** The steps of one stage with one learning rate, from any position to its end. */
final class StageRun {
  /**
   * What a stage aims at.
   *
   * @param objectives what is minimised in an epoch, counted from 1
   * @param epochs of the stage
   * @param peaks of the schedule
   * @param minutes after which the stage ends, counted over the run; infinite for no limit
   */
  record Goal(IntFunction<Objective> objectives, int epochs, LearningRates peaks, double minutes) {}

  /** What happens between steps. */
  interface Between {
    /**
     * Evaluates the model and saves a checkpoint; returns the run's position after that, or nothing
     * where a worker was requested to stop before all rows were scored.
     */
    Optional<Position> evaluated(Position at);

    /** Keeps a checkpoint. */
    void checkpoint(Position at);
  }

  private final Stage stage;
  private final Goal goal;
  private final TrainingSettings settings;
  private final Safeguards safeguards;
  private final Worker worker;
  private final ShardedRows rows;

  /** The run's position; it advances together with the trained weights. */
  private Position at;

  StageRun(
      Stage stage,
      Goal goal,
      TrainingSettings settings,
      Safeguards safeguards,
      Worker worker,
      ShardedRows rows) {
    this.stage = stage;
    this.goal = goal;
    this.settings = settings;
    this.safeguards = safeguards;
    this.worker = worker;
    this.rows = rows;
  }

  /**
   * Goes on to the end of the stage; returns the last position.
   *
   * @throws DivergedException if loss, gradient or weights are infinite or NaN
   * @throws TrainingStoppedException if a worker was requested to stop; rank 0 has saved a
   *     checkpoint
   */
  Position run(Position from, Between between) {
    at = from;
    try {
      proceed(from.minutes(), between);
      return at;
    } catch (TrainingStoppedException | DivergedException | ReplicaMismatchException e) {
      throw e;
    } catch (RuntimeException e) {
      // A stop may break the connections in the middle of a step. The weights are then those of the
      // step before, on every worker.
      if (worker.stop().getAsBoolean() && stage.betweenSteps()) {
        throw stopped(between, e);
      }
      throw e;
    }
  }

  private void proceed(double minutesBefore, Between between) {
    long started = System.nanoTime();
    while (at.due() || !ended()) {
      Objective objective = goal.objectives().apply(at.index().epoch());
      List<List<LabelledText>> shares = rows.epoch(epochSeed());
      if (at.due()) {
        evaluate(between);
        if (impatient()) {
          return;
        }
      }
      long epochStarted = System.nanoTime();
      long rowsDone = 0;
      boolean timeUp = false;
      while (at.batches() < rows.batches() && !stepLimit() && !timeUp) {
        int batch = at.batches();
        double minutesNow = minutesBefore + (System.nanoTime() - started) / 60e9;
        LearningRates rates = rates(at.index().step() + 1);
        Stage.Outcome outcome =
            stage.step(
                objective,
                worker.sync(),
                new Stage.Share(
                    shares.get(batch), rows.rowsOf(batch), stepSeed(), votes(minutesNow)),
                rates,
                settings.optimisation());
        timeUp = outcome.votes().timeUp() > 0;
        at = at.stepped(minutesNow, evaluationDue(timeUp));
        requireFinite(outcome);
        rowsDone += rows.rowsOf(batch);
        report(outcome.loss(), rates, rowsDone / ((System.nanoTime() - epochStarted) / 1e9));
        if (outcome.votes().stop() > 0) {
          throw stopped(between, null);
        }
        if (every(safeguards.compareEvery(), at.index().step())) {
          stage.requireEqualReplicas(worker.sync(), at.index().step());
        }
        if (at.due()) {
          evaluate(between);
          if (impatient()) {
            return;
          }
        } else if (every(safeguards.checkpointEvery(), at.index().step())) {
          requireFiniteWeights();
          between.checkpoint(at);
        }
      }
      if (timeUp || stepLimit()) {
        return;
      }
      at = at.nextEpoch();
    }
  }

  private void evaluate(Between between) {
    requireFiniteWeights();
    Optional<Position> evaluated = between.evaluated(at);
    if (evaluated.isEmpty()) {
      throw stopped(between, null);
    }
    at = evaluated.get();
  }

  private TrainingStoppedException stopped(Between between, RuntimeException cause) {
    requireFiniteWeights();
    between.checkpoint(at);
    return new TrainingStoppedException(
        String.format(
            Locale.ROOT,
            "Training was stopped after step %d of stage %d.",
            at.index().step(),
            at.index().stage()),
        cause);
  }

  /** Rank 0's clock decides for all, so that all stop at the same step. */
  private Stage.Votes votes(double minutesNow) {
    return new Stage.Votes(
        worker.sync().rank() == 0 && minutesNow >= goal.minutes() ? 1 : 0,
        worker.stop().getAsBoolean() ? 1 : 0);
  }

  /** Loss and gradient are those of all workers, so that all of them end here, or none. */
  private void requireFinite(Stage.Outcome outcome) {
    LossTerms loss = outcome.loss();
    if (!Double.isFinite(loss.total()) || !Double.isFinite(outcome.gradientNorm())) {
      throw diverged(
          String.format(
              Locale.ROOT,
              "the loss is %s (cross-entropy %s, skip penalty %s, contrastive %s) and the"
                  + " gradient's norm is %s",
              loss.total(),
              loss.crossEntropy(),
              loss.skipPenalty(),
              loss.contrastive(),
              outcome.gradientNorm()));
    }
  }

  /** The last step's loss says nothing of the weights that it led to. */
  private void requireFiniteWeights() {
    if (!stage.isFinite()) {
      throw diverged("the weights are infinite or NaN");
    }
  }

  private DivergedException diverged(String what) {
    return new DivergedException(
        String.format(
            Locale.ROOT,
            "Training diverged at step %d of stage %d: %s; lower --learning-rate (it is %s)%s,"
                + " raise --warmup-steps (%d)%s.",
            at.index().step(),
            at.index().stage(),
            what,
            goal.peaks().backbone(),
            goal.peaks().heads() == goal.peaks().backbone()
                ? ""
                : " or --head-learning-rate (" + goal.peaks().heads() + ")",
            settings.optimisation().rates().warmupSteps(),
            settings.precision() == Precision.FP32 ? "" : ", or train with --precision fp32"));
  }

  private boolean ended() {
    return at.index().epoch() > goal.epochs() || stepLimit() || impatient();
  }

  private boolean stepLimit() {
    return at.index().step() >= steps();
  }

  private boolean impatient() {
    int patience = settings.selection().patience();
    return patience > 0 && at.best().evaluationsSince() >= patience;
  }

  /** Whether the step that follows {@link #at} is followed by an evaluation. */
  private boolean evaluationDue(boolean timeUp) {
    long step = at.index().step() + 1L;
    int evaluateEvery = settings.selection().evaluateEvery();
    boolean last = step >= steps();
    if (timeUp || last || every(evaluateEvery, step)) {
      return true;
    }
    // Each epoch's end is an evaluation, unless evaluations have a rhythm of their own.
    boolean endOfEpoch = at.batches() + 1 == rows.batches();
    return endOfEpoch && (evaluateEvery == 0 || at.index().epoch() == goal.epochs());
  }

  private static boolean every(int steps, long step) {
    return steps > 0 && step % steps == 0;
  }

  private long steps() {
    long all = (long) rows.batches() * goal.epochs();
    int limit = settings.epochs().maxSteps();
    return limit > 0 ? Math.min(limit, all) : all;
  }

  private LearningRates rates(long step) {
    TrainingSettings.Rates how = settings.optimisation().rates();
    return goal.peaks().map(peak -> how.schedule().rate(peak, how.warmupSteps(), steps(), step));
  }

  private long epochSeed() {
    return settings.seed() * 31 + at.index().stage() * 1009L + at.index().epoch();
  }

  /** Derived, not drawn, so that a resumed run needs no generator's state. */
  private long stepSeed() {
    return (((settings.seed() * 31 + at.index().stage()) * 1_000_003 + at.index().step() + 1) * 4099
            + worker.sync().rank())
        * 257;
  }

  private void report(LossTerms loss, LearningRates rates, double rowsPerSecond) {
    worker
        .listener()
        .accept(
            new TrainingEvent.Step(
                at.index(), Math.toIntExact(steps()), loss, rates, rowsPerSecond));
  }
}
