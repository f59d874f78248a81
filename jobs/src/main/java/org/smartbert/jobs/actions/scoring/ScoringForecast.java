package org.smartbert.jobs.actions.scoring;

import java.util.List;

/**
 * What a scoring run will take.
 *
 * @param fullDepth the run with all layers and without exits
 * @param requested the run as it was requested
 * @param notes sentences on what the forecast depends on
 */
public record ScoringForecast(
    Input input,
    Division division,
    Overheads overheads,
    Policy fullDepth,
    Policy requested,
    List<String> notes) {
  public ScoringForecast {
    notes = List.copyOf(notes);
  }

  /**
   * The rows.
   *
   * @param rows exactly
   * @param sampled rows that were drawn from them at random
   * @param repeated share of the sample whose texts another row of it has
   * @param errors share of the sample that cannot be scored
   * @param tokens of the sample
   */
  public record Input(long rows, long sampled, double repeated, double errors, Tokens tokens) {}

  /**
   * Lengths of rows.
   *
   * @param truncated share of the rows that are longer than {@code limit}
   * @param limit tokens of the longest row that is not truncated
   */
  public record Tokens(ScoringReport.Lengths lengths, double truncated, int limit) {}

  /**
   * How the run is divided.
   *
   * @param slices commits
   * @param slots tasks that run at once on this cluster
   * @param coresPerTask cores of each
   * @param readSpan how long reading takes a slice's tasks on the slots, as a share of their task
   *     time: 1 for one task, 1 / {@code slots} where they are used evenly
   * @param scoreSpan the same of scoring
   */
  public record Division(
      int slices, int slots, int coresPerTask, double readSpan, double scoreSpan) {}

  /**
   * What a run takes beside its rows; seconds on the clock unless they are of tasks.
   *
   * @param open until model and input were opened and rows counted
   * @param countTasks task seconds of counting
   * @param load until the executors had loaded the model
   * @param readTasks task seconds of reading the input, once for each slice
   * @param commit of each slice
   * @param records until tables were created, and until the run was recorded and reported
   */
  public record Overheads(
      double open,
      double countTasks,
      double load,
      double readTasks,
      double commit,
      double records) {}

  /**
   * A run at one policy.
   *
   * @param layers executed, mean over the sample
   * @param cost FLOPs as a share of full depth's
   * @param rowsPerSecond that all slots score and write
   * @param coreHours of tasks, with reading; a core that waits is not counted
   * @param seconds on the clock, without Spark's start
   */
  public record Policy(
      ScoreRequest.Exits exits,
      double layers,
      double cost,
      double rowsPerSecond,
      double coreHours,
      double seconds) {}

  /** Core hours that the cluster is there for while the requested run goes on. */
  public double clusterCoreHours() {
    return requested.seconds() * division.slots() * division.coresPerTask() / 3600;
  }
}
