package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.smartbert.jobs.actions.inspection.ScoringRun;
import org.smartbert.jobs.cli.options.PrefixOption;
import org.smartbert.jobs.cli.options.TablesRootOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a scoring run did. */
@Command(
    name = "show",
    description = "Shows a scoring run: summary, exits, skips and FLOPs by layer.")
final class ShowCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "RUN",
      description = "Run id (default: the last finished run).")
  private String runId;

  @Mixin private PrefixOption prefix;

  @Mixin private TablesRootOption tablesRoot;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    ScoringRun run =
        Jobs.of(spec, tablesRoot.path()).show(Optional.ofNullable(runId), prefix.text());
    PrintWriter out = spec.commandLine().getOut();
    ScoringRun.Identity identity = run.identity();
    out.printf("Run %s: %s%n", identity.runId(), identity.status());
    out.printf(
        "  input   %s (version %s)%n  output  %s%n  model   %s%n",
        identity.input(), identity.inputVersion(), identity.output(), identity.modelVersion());
    out.printf(
        "  gates   %s, entropy threshold %s%n",
        run.settings().get("gates").toLowerCase(Locale.ROOT),
        run.settings().get("entropy_threshold"));
    run.end()
        .ifPresent(
            end ->
                out.printf(
                    Locale.ROOT,
                    "  rows    %,d, of them %,d with an error%s%n",
                    end.rows(),
                    end.errorRows(),
                    end.speed()
                        .map(
                            speed ->
                                String.format(
                                    Locale.ROOT,
                                    "; %.1f s, %,.0f rows/s",
                                    speed.seconds(),
                                    speed.rowsPerSecond()))
                        .orElse("")));
    out.printf(
        Locale.ROOT,
        "  cost    %.3f of full depth, %.2f layers a row%n%n",
        run.totals().cost(),
        run.totals().layers());
    out.println(ScoringTables.exits(run.exits()));
    out.println(ScoringTables.skips(run.skips()));
    out.flush();
    return 0;
  }
}
