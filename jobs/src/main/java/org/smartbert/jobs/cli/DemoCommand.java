package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.smartbert.jobs.actions.SmartBertJobs;
import org.smartbert.jobs.actions.demo.GeneratedDemoRequest;
import org.smartbert.jobs.actions.demo.PretrainedDemoRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a model and scores rows that it has not seen, in one of two forms. */
@Command(
    name = "demo",
    sortOptions = false,
    description = {
      "Fine-tunes a pretrained BERT on WordNet's noun definitions, scores definitions that it has"
          + " not seen, and prints naive Bayes, full depth and two thresholds side by side."
          + " Backbone and texts come from Maven Central; takes some minutes.",
      "",
      "With --generated it makes its own sentences, trains a small network from random weights, and"
          + " downloads nothing.",
    })
final class DemoCommand implements Callable<Integer> {
  private static final int TRAIN_ROWS = 8000;
  private static final int TEST_ROWS = 4000;
  private static final int GENERATED_TRAIN_ROWS = 6000;
  private static final int GENERATED_TEST_ROWS = 2000;

  @Option(
      names = "--folder",
      defaultValue = "demo",
      paramLabel = "DIR",
      description =
          "Folder for rows, model and tables; its contents are replaced (default:"
              + " ${DEFAULT-VALUE}).")
  private Path folder;

  @Option(
      names = "--generated",
      description = "Generate the sentences, and train a small network from random weights.")
  private boolean generated;

  @Option(
      names = "--train-rows",
      paramLabel = "ROWS",
      description =
          "Rows to train on (default: " + TRAIN_ROWS + ", generated " + GENERATED_TRAIN_ROWS + ").")
  private Integer trainRows;

  @Option(
      names = "--test-rows",
      paramLabel = "ROWS",
      description =
          "Rows to score (default: " + TEST_ROWS + ", generated " + GENERATED_TEST_ROWS + ").")
  private Integer testRows;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (generated) {
      GeneratedDemoRequest request =
          new GeneratedDemoRequest(
              folder, or(trainRows, GENERATED_TRAIN_ROWS), or(testRows, GENERATED_TEST_ROWS));
      GeneratedDemoOutput.run(jobs().demo(request), request, out);
    } else {
      PretrainedDemoRequest request =
          new PretrainedDemoRequest(folder, or(trainRows, TRAIN_ROWS), or(testRows, TEST_ROWS));
      PretrainedDemoOutput.run(jobs().demo(request), request, out);
    }
    return 0;
  }

  private SmartBertJobs jobs() {
    return Jobs.of(spec);
  }

  private static int or(Integer given, int otherwise) {
    return given == null ? otherwise : given;
  }
}
