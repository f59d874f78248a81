package org.smartbert.jobs.cli;

import org.smartbert.jobs.actions.SmartBertJobs;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.cli.console.ProgressLine;
import picocli.CommandLine.Model.CommandSpec;

/** The jobs that commands start, with their progress on standard error. */
final class Jobs {
  private Jobs() {}

  static SmartBertJobs of(CommandSpec command) {
    return of(command, JobContext.DEFAULT_TABLES_ROOT);
  }

  static SmartBertJobs of(CommandSpec command, String tablesRoot) {
    return SmartBertJobs.with(Sessions.open(command))
        .tablesRoot(tablesRoot)
        .progress(ProgressLine::new);
  }
}
