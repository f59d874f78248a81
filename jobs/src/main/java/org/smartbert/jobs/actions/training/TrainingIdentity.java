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
 * @param backbone directory and digest of what training starts from
 * @param output directory of the model, absolute
 * @param maxTokens longest row
 * @param tables the input and, where it is a table, the validation rows: absolute or catalog names
 */
record TrainingIdentity(
    String backbone, String output, int maxTokens, List<String> tables, TrainRequest train) {
  /**
   * The identity of a request.
   *
   * @param digest of the backbone
   */
  static TrainingIdentity of(TrainRequest train, String digest, int maxTokens, SparkSession spark) {
    List<String> tables = new ArrayList<>();
    tables.add(text(input(train), spark));
    validation(train).ifPresent(table -> tables.add(text(table, spark)));
    return new TrainingIdentity(
        TableLocation.absolute(train.model().backbone(), spark) + " " + digest,
        TableLocation.absolute(train.model().output(), spark),
        maxTokens,
        tables,
        train);
  }

  InputTable input() {
    return input(train);
  }

  /** The table of the validation rows; without one a share of the input is used. */
  Optional<InputTable> validation() {
    return validation(train);
  }

  private static InputTable input(TrainRequest train) {
    return train.rows().input().table();
  }

  private static Optional<InputTable> validation(TrainRequest train) {
    return train.rows().validation() instanceof TrainRequest.Validation.Table table
        ? Optional.of(train.rows().input().at(table.location()).table())
        : Optional.empty();
  }

  /**
   * The digest of the request. The versions of the tables are not part of it: the same command
   * given again is the same request, though a table has grown.
   */
  String request() {
    return Digests.of(
        List.of(
            backbone,
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
  }

  /**
   * The digest that checkpoints carry: of the request and of what the tables hold.
   *
   * @param trainRows rows to train on
   * @param settings with the class weights that follow from the rows
   */
  String of(TrainingInputs inputs, List<String> labels, long trainRows, TrainingSettings settings) {
    return Digests.of(
        List.of(
            request(),
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
