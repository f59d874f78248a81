package org.smartbert.jobs.actions.scoring;

import org.smartbert.jobs.actions.scoring.ScoringForecast.Division;
import org.smartbert.jobs.actions.scoring.ScoringForecast.Overheads;
import org.smartbert.jobs.actions.scoring.ScoringForecast.Policy;

/**
 * From the time of a row to the time of a run.
 *
 * @param rows of the input
 */
record PolicyForecast(long rows, Division division, Overheads overheads) {
  private static final double SECONDS_PER_HOUR = 3600;

  Policy of(ScoreRequest.Exits exits, PolicyPasses.Pass pass, ScoringReport.Totals totals) {
    double row = pass.taskSecondsPerRow();
    return new Policy(
        exits,
        totals.layers(),
        totals.cost(),
        division.slots() / row,
        coreSeconds(row) / SECONDS_PER_HOUR,
        seconds(row));
  }

  private double coreSeconds(double row) {
    double tasks =
        overheads.countTasks()
            + division.slots() * overheads.load()
            + division.slices() * overheads.readTasks()
            + rows * row;
    return tasks * division.coresPerTask();
  }

  private double seconds(double row) {
    double slice =
        overheads.commit()
            + division.readSpan() * overheads.readTasks()
            + division.scoreSpan() * row * rows / division.slices();
    return overheads.open() + overheads.records() + overheads.load() + division.slices() * slice;
  }
}
