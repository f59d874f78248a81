package org.smartbert.jobs.io;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.FileIndexOptions;
import org.apache.spark.sql.execution.datasources.parquet.ParquetOptions;
import org.apache.spark.sql.types.StructType;
import org.smartbert.jobs.io.text.Malformed;
import org.smartbert.jobs.io.text.TextSource;

/**
 * The files of an input as rows.
 *
 * @param spark the session that the rows are for
 */
record InputFiles(InputTable input, SparkSession spark) {
  /**
   * Opens a file, a folder or a pattern.
   *
   * @param path as Spark takes it
   */
  InputTable.Pinned open(InputTable.Format format, String path) {
    return open(format, new TextSource.Files(List.of(path), Optional.empty()));
  }

  /** Opens files; the columns of JSON are those of earlier files, if there are any. */
  InputTable.Pinned open(InputTable.Format format, TextSource.Files files) {
    return switch (format) {
      case PARQUET -> pinned(parquet(files.paths()));
      case JSON -> text(files, TextSource.Kind.JSON);
      case CSV -> text(files, TextSource.Kind.CSV);
      case TSV -> text(files, TextSource.Kind.TSV);
      default -> throw new IllegalStateException(format + " is no format of files.");
    };
  }

  private Dataset<Row> parquet(List<String> paths) {
    for (String option : input.options().keySet()) {
      boolean known =
          ParquetOptions.isValidOption(option) || FileIndexOptions.isValidOption(option);
      if (!known) {
        throw input.unused(option, "Parquet");
      }
    }
    // Without it Spark takes one file's columns, and those that only others have are lost.
    return reading()
        .read()
        .option("mergeSchema", true)
        .options(input.options())
        .parquet(paths.toArray(String[]::new));
  }

  private InputTable.Pinned pinned(Dataset<Row> read) {
    Dataset<Row> rows = inUsersSession(read);
    List<String> state = new ArrayList<>(List.of("PARQUET", input.options().toString()));
    state.addAll(PlanState.of(spark, rows));
    return new InputTable.Pinned(rows, Digests.of(state), List.of());
  }

  private InputTable.Pinned text(TextSource.Files files, TextSource.Kind kind) {
    TextSource.Opened opened =
        TextSource.open(
            reading(),
            input.location(),
            files,
            kind,
            input.options(),
            input.malformed().orElse(Malformed.FAIL));
    return new InputTable.Pinned(
        inUsersSession(opened.rows()), Digests.of(opened.state()), opened.notes());
  }

  private Dataset<Row> inUsersSession(Dataset<Row> read) {
    return org.apache.spark.sql.classic.Dataset.ofRows(
        (org.apache.spark.sql.classic.SparkSession) spark,
        ((org.apache.spark.sql.classic.Dataset<Row>) read).queryExecution().analyzed());
  }

  /** A session that takes the names of partition folders as they are: 01 is no number. */
  private SparkSession reading() {
    SparkSession reading = ((org.apache.spark.sql.classic.SparkSession) spark).cloneSession();
    reading.conf().set("spark.sql.sources.partitionColumnTypeInference.enabled", "false");
    return reading;
  }

  /** Rows of no file. */
  static Dataset<Row> none(SparkSession spark, StructType columns) {
    return spark.createDataFrame(List.of(), columns);
  }
}
