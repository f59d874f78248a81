package org.smartbert.bench.rivals;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.io.Digests;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.LabelledRows;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.InvalidInputException;
import org.smartbert.udfs.TextColumns;

/**
 * The rows that all rivals learn from and are judged on, as Parquet with the columns text and
 * label. A tenth of the training file, by a hash of the text, is for validation, so that every
 * rival chooses on the same rows.
 *
 * @param folder of the Parquet folders
 * @param labels of the training part
 */
record TaskRows(SparkSession spark, Path folder, Labels labels) {
  static final String TEXT = "text";
  static final String LABEL = "label";

  private static final String SOURCE = "source";
  private static final int PARTS = 1000;
  private static final int VALIDATION_PARTS = 100;

  /** A part of the rows. */
  enum Part {
    TRAIN,
    VALIDATION,
    TEST
  }

  /**
   * Where the rows come from.
   *
   * @param train a path of any format that the project reads
   * @param seed of the division into training and validation rows
   */
  record Source(String train, String test, String textColumn, String labelColumn, long seed) {}

  /**
   * Writes the rows, or takes those that an earlier call wrote for the same source.
   *
   * @param folder created where it is missing
   * @throws InvalidInputException for an input that cannot be read, columns that are missing, or a
   *     folder that holds rows of another source
   */
  static TaskRows prepare(SparkSession spark, Source source, Path folder) {
    InputTable.Pinned train = InputTable.at(source.train()).open(spark);
    InputTable.Pinned test = InputTable.at(source.test()).open(spark);
    LabelledRows columns = new LabelledRows(source.textColumn(), null, source.labelColumn());
    columns.validate(train.rows().schema());
    columns.validate(test.rows().schema());
    String digest =
        Digests.of(
            List.of(
                train.version(),
                test.version(),
                source.textColumn(),
                source.labelColumn(),
                Long.toString(source.seed())));
    if (!isWritten(folder, digest)) {
      Dataset<Row> all = selected(train.rows(), source);
      var hash = pmod(xxhash64(col(TEXT), lit(source.seed())), lit(PARTS));
      write(all.filter(hash.geq(VALIDATION_PARTS)), path(folder, Part.TRAIN));
      write(all.filter(hash.lt(VALIDATION_PARTS)), path(folder, Part.VALIDATION));
      write(selected(test.rows(), source), path(folder, Part.TEST));
      markWritten(folder, digest);
    }
    Dataset<Row> learned = spark.read().parquet(path(folder, Part.TRAIN).toString());
    Labels labels = new Labels(new LabelledRows(TEXT, null, LABEL).labels(learned));
    return new TaskRows(spark, folder, labels);
  }

  private static Dataset<Row> selected(Dataset<Row> rows, Source source) {
    return rows.select(
            TextColumns.text(rows.schema(), source.textColumn(), "--text-column").as(TEXT),
            TextColumns.any(rows.schema(), source.labelColumn(), "--label-column")
                .cast("string")
                .as(LABEL))
        .filter(col(TEXT).isNotNull().and(col(LABEL).isNotNull()));
  }

  private static void write(Dataset<Row> rows, Path path) {
    int parts = rows.sparkSession().sparkContext().defaultParallelism();
    rows.repartition(parts).write().mode(SaveMode.Overwrite).parquet(path.toString());
  }

  private static boolean isWritten(Path folder, String digest) {
    Path source = folder.resolve(SOURCE);
    try {
      if (!Files.exists(source)) {
        return false;
      }
      if (!Files.readString(source).equals(digest)) {
        throw new InvalidInputException(
            "The folder %s holds rows of other files, columns or another seed, and the models"
                + " beside it were trained on them; give another --models folder.",
            folder);
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException("The file " + source + " could not be read", e);
    }
  }

  private static void markWritten(Path folder, String digest) {
    try {
      Files.writeString(folder.resolve(SOURCE), digest);
    } catch (IOException e) {
      throw new UncheckedIOException("The folder " + folder + " could not be written", e);
    }
  }

  private static Path path(Path folder, Part part) {
    return folder.resolve(part.name().toLowerCase(Locale.ROOT) + ".parquet");
  }

  /** Text and label of a part. */
  Dataset<Row> rows(Part part) {
    return spark.read().parquet(location(part));
  }

  /** The Parquet folder of a part. */
  String location(Part part) {
    return path(folder, part).toString();
  }

  /** The texts of a part, as the project's actions take them. */
  TextInput input(Part part) {
    return TextInput.of(InputTable.at(location(part)), TEXT);
  }

  /**
   * Writes the test rows, repeated to at least {@code count}, as Parquet files of one size. Their
   * order is by a hash, so that equal texts do not stand beside each other.
   *
   * @return how many rows there are
   */
  long writeRepeated(long count, int files) {
    Dataset<Row> test = rows(Part.TEST);
    long once = test.count();
    if (once == 0) {
      throw new InvalidInputException(
          "The file of --test holds no row with a text and a label; give labelled rows.");
    }
    long copies = Math.max(1, (count + once - 1) / once);
    test.crossJoin(spark.range(copies).toDF("copy"))
        .repartition(files)
        .sortWithinPartitions(xxhash64(col(TEXT), col("copy")))
        .drop("copy")
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(repeated());
    return once * copies;
  }

  /** The Parquet folder of the repeated test rows. */
  String repeated() {
    return folder.resolve("repeated.parquet").toString();
  }
}
