package org.smartbert.jobs.io;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.io.InputTable.Format;
import org.smartbert.jobs.io.text.Malformed;
import org.smartbert.model.InvalidInputException;

/** Inputs written into a folder and opened. */
abstract class InputFixture {
  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  final SparkSession spark = TestSpark.local();

  void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  InputTable.Pinned open(String name, Format format) {
    return open(name, Map.of(), Malformed.FAIL, format);
  }

  InputTable.Pinned open(String name, Map<String, String> options, Malformed malformed) {
    return open(name, options, malformed, Format.AUTO);
  }

  InputTable.Pinned open(
      String name, Map<String, String> options, Malformed malformed, Format format) {
    return new InputTable(folder.resolve(name).toString(), format, options, Optional.of(malformed))
        .open(spark);
  }

  AbstractThrowableAssert<?, ? extends Throwable> refused(String name, Format format) {
    return assertThatThrownBy(() -> open(name, format)).isInstanceOf(InvalidInputException.class);
  }

  static List<String> rows(InputTable.Pinned input) {
    List<String> rows = new ArrayList<>();
    input.rows().collectAsList().forEach(row -> rows.add(row.toString()));
    return rows;
  }
}
