package org.smartbert.jobs.cli.options;

import java.util.Optional;
import picocli.CommandLine.Option;

/** What a run is called. */
public final class RunIdOption {
  @Option(
      names = "--run-id",
      paramLabel = "ID",
      description =
          "Run id; an interrupted run resumes under the same id (default: derived from the"
              + " input's version and everything the result depends on).")
  private String id;

  public Optional<String> id() {
    return Optional.ofNullable(id);
  }
}
