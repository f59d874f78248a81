package org.smartbert.jobs.actions.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.io.Digests;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.model.training.TrainingSettings;

/**
 * What makes two training commands the same run.
 *
 * @param command as the runs table names it
 * @param output directory of the model, absolute
 * @param validation the table of the validation rows; without one a share of the input is used
 * @param runId the name that the user gave to the run
 * @param request the digest of the request. The versions of the tables are not part of it: the same
 *     command given again is the same request, though a table has grown
 */
public record TrainingIdentity(
    String command,
    String output,
    InputTable input,
    Optional<InputTable> validation,
    Optional<String> runId,
    String request) {
  /**
   * The identity of a request.
   *
   * @param digest of the backbone
   */
  static TrainingIdentity of(TrainRequest train, String digest, int maxTokens, SparkSession spark) {
    InputTable input = train.rows().input().table();
    Optional<InputTable> validation = validation(train);
    String output = TableLocation.absolute(train.model().output(), spark);
    List<String> tables = new ArrayList<>();
    tables.add(text(input, spark));
    validation.ifPresent(table -> tables.add(text(table, spark)));
    String request =
        Digests.of(
            List.of(
                TableLocation.absolute(train.model().backbone(), spark) + " " + digest,
                output,
                Integer.toString(maxTokens),
                train.model().mechanism().toString(),
                train.settings().withClassWeights(List.of()).toString(),
                text(train.classWeights()),
                train.rows().input().textColumn(),
                train.rows().input().pairColumn().toString(),
                train.rows().labelColumn(),
                train.rows().validation().toString(),
                tables.toString()));
    return new TrainingIdentity("train", output, input, validation, train.runId(), request);
  }

  private static Optional<InputTable> validation(TrainRequest train) {
    return train.rows().validation() instanceof TrainRequest.Validation.Table table
        ? Optional.of(train.rows().input().at(table.location()).table())
        : Optional.empty();
  }

  /**
   * The digest that checkpoints carry: of the request and of what the tables hold.
   *
   * @param trainRows rows to train on
   * @param settings with the class weights that follow from the rows
   */
  public String of(
      TrainingInputs inputs, List<String> labels, long trainRows, TrainingSettings settings) {
    return Digests.of(
        List.of(
            request,
            inputs.train().version(),
            inputs.validation().map(InputTable.Pinned::version).orElse("none"),
            labels.toString(),
            Long.toString(trainRows),
            settings.toString()));
  }

  /** Whatever changes how rows are read makes another run. */
  private static String text(InputTable table, SparkSession spark) {
    return table.resolved(spark).toString();
  }

  private static String text(ClassWeighting weighting) {
    return weighting instanceof ClassWeighting.ByLabel named
        ? new TreeMap<>(named.weights()).toString()
        : weighting.toString();
  }
}
