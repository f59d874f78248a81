package org.smartbert.jobs.cli.options;

import java.util.Optional;
import picocli.CommandLine.Option;

/** The name of a run that trains. */
public final class RunIdOption {
  @Option(
      names = "--run-id",
      paramLabel = "ID",
      description =
          "Run id; an interrupted run resumes under the same id (default: derived from the"
              + " input's version and everything the model depends on).")
  private String runId;

  /** Empty for the derived one. */
  public Optional<String> runId() {
    return Optional.ofNullable(runId);
  }
}
