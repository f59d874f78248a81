package org.smartbert.bench.paper;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.io.Digests;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.OutputFolder;
import org.smartbert.jobs.io.TextInput;

/**
 * The rows of a task.
 *
 * @param train all training rows, or those that a limit left
 * @param heldOut all held-out rows, whatever the limit
 * @param characters of the training texts, which is what an epoch's time grows with
 */
record TaskRows(Task task, TextInput train, TextInput heldOut, long characters) {
  /**
   * Finds the rows; where there is a limit, writes those that it leaves, chosen by a hash of the
   * text, below {@code work} once.
   *
   * @throws org.smartbert.model.InvalidInputException for files that cannot be read
   */
  static TaskRows of(SparkSession spark, Task task, Path data, OptionalInt limit, Path work) {
    InputTable file = InputTable.at(task.train(data).toString());
    InputTable train =
        limit.isPresent() ? limited(spark, task, file, limit.getAsInt(), work) : file;
    Dataset<Row> rows = train.open(spark).rows();
    Column pair = task.columns().pair().map(name -> length(col(name))).orElse(lit(0));
    Column characters = coalesce(length(col(task.columns().text())), lit(0)).plus(pair);
    Row sums = rows.agg(count(lit(1)), coalesce(sum(characters), lit(0L))).first();
    return new TaskRows(
        task,
        task.input(train),
        task.input(InputTable.at(task.heldOut(data).toString())),
        sums.getLong(1));
  }

  private static InputTable limited(
      SparkSession spark, Task task, InputTable file, int limit, Path work) {
    String name = task.id() + "-" + limit + "-" + Digests.of(List.of(file.location()));
    Path written = work.resolve("rows").resolve(name).toAbsolutePath();
    if (!Files.isDirectory(written)) {
      Dataset<Row> rows = file.open(spark).rows();
      Column[] texts = texts(task);
      new OutputFolder(written.toString(), spark.sparkContext().hadoopConfiguration())
          .write(
              folder -> {
                rows.orderBy(xxhash64(texts), col(Task.LABEL))
                    .limit(limit)
                    .coalesce(1)
                    .write()
                    .parquet(folder);
                return folder;
              });
    }
    return new InputTable(written.toString(), InputTable.Format.PARQUET, Map.of());
  }

  private static Column[] texts(Task task) {
    Column text = col(task.columns().text());
    return task.columns()
        .pair()
        .map(pair -> new Column[] {text, col(pair)})
        .orElseGet(() -> new Column[] {text});
  }
}
