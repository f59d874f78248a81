package org.smartbert.bench.paper;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVRecord;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.training.Metric;

/**
 * A data set, its files and its metric, from the resource {@code tasks.csv}.
 *
 * @param name as tables write it
 * @param folder below the data folder, with tab-separated files that name their columns
 * @param metric that the paper, or for other tasks the literature, reports
 */
record Task(
    String id, String name, String folder, SplitFiles files, Columns columns, Metric metric) {
  private static final List<Task> ALL = Csv.resource("tasks.csv").stream().map(Task::of).toList();

  /** The column of the class. */
  static final String LABEL = "label";

  /**
   * File names.
   *
   * @param split which the held-out rows are: dev, or test where its labels are public
   */
  record SplitFiles(String train, String heldOut, String split) {}

  /** The columns of the texts. */
  record Columns(String text, Optional<String> pair) {}

  private static Task of(CSVRecord row) {
    return new Task(
        row.get("id"),
        row.get("name"),
        row.get("folder"),
        new SplitFiles(row.get("train"), row.get("held_out"), row.get("split")),
        new Columns(row.get("text"), Optional.of(row.get("pair")).filter(name -> !name.isEmpty())),
        Metric.valueOf(row.get("metric").toUpperCase(Locale.ROOT)));
  }

  static List<Task> all() {
    return ALL;
  }

  /** The task with an id, if there is one. */
  static Optional<Task> find(String id) {
    return ALL.stream().filter(task -> task.id().equals(id)).findFirst();
  }

  /**
   * The task with an id.
   *
   * @param data the folder of the tasks' folders
   * @throws InvalidInputException for an unknown id, and for a file that is not there
   */
  static Task require(String id, Path data) {
    Task task =
        find(id)
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "The task %s is unknown; there are: %s.",
                        id, ALL.stream().map(Task::id).collect(Collectors.joining(", "))));
    for (Path file : List.of(task.train(data), task.heldOut(data))) {
      if (!Files.isReadable(file)) {
        throw new InvalidInputException(
            "The task %s needs the file %s, which does not exist or cannot be read; put it there,"
                + " or leave the task out of --tasks.",
            id, file);
      }
    }
    return task;
  }

  Path train(Path data) {
    return data.resolve(folder).resolve(files.train());
  }

  Path heldOut(Path data) {
    return data.resolve(folder).resolve(files.heldOut());
  }

  /** The texts of a file or table with the task's columns. */
  TextInput input(InputTable table) {
    return new TextInput(table, columns.text(), columns.pair());
  }
}
