package org.smartbert.jobs.io.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.execution.datasources.CodecStreams;
import org.smartbert.model.InvalidInputException;

/**
 * The beginning of a delimited file.
 *
 * @param readings by dialect, in the requested order
 */
record FileHead(String path, List<Reading> readings) implements Serializable {
  private static final int SAMPLE_BYTES = 1 << 20;

  /**
   * The beginning as a dialect has it.
   *
   * @param first the first record's fields; null where there is none or it is malformed
   * @param flaw of the first record, or null
   * @param malformed records among those read
   */
  record Reading(List<String> first, Flaw flaw, long malformed) implements Serializable {}

  /** Reads a file's first megabyte in each of the dialects. */
  static FileHead read(String path, List<Dialect> dialects, Configuration hadoop) {
    List<Reading> readings = new ArrayList<>();
    for (Dialect dialect : dialects) {
      readings.add(reading(path, dialect, hadoop));
    }
    return new FileHead(path, readings);
  }

  private static Reading reading(String path, Dialect dialect, Configuration hadoop) {
    FilePart sample = new FilePart(path, 0, SAMPLE_BYTES);
    try (DelimitedRecords records = new DelimitedRecords(sample, dialect, hadoop)) {
      TextRecord first = records.next(-1);
      if (first == null) {
        return new Reading(null, null, 0);
      }
      int columns = first.fields() == null ? -1 : first.fields().length;
      long malformed = 0;
      TextRecord record = records.next(columns);
      while (record != null) {
        TextRecord next = records.next(columns);
        // The sample may end inside the last record.
        boolean cut = next == null && record.flaw() == Flaw.OPEN_QUOTE;
        malformed += record.flaw() == null || cut ? 0 : 1;
        record = next;
      }
      // Strings of an immutable list cannot be null, and an unnamed column's name is.
      List<String> fields =
          first.fields() == null
              ? null
              : Collections.unmodifiableList(new ArrayList<>(Arrays.asList(first.fields())));
      return new Reading(fields, first.flaw(), malformed);
    }
  }

  /**
   * What ends the lines of a file, if carriage returns alone do.
   *
   * @throws InvalidInputException for UTF-16 and UTF-32, by their byte order marks
   */
  static Optional<LineEnd> lineEnd(String path, Configuration hadoop) {
    byte[] bytes;
    try (InputStream in = CodecStreams.createInputStream(hadoop, new Path(path))) {
      bytes = in.readNBytes(SAMPLE_BYTES);
    } catch (IOException e) {
      throw Lines.unreadable(path, e);
    }
    if (bytes.length > 1 && (bytes[0] ^ bytes[1]) == 1 && (bytes[0] & 0xFE) == 0xFE) {
      throw new InvalidInputException(
          "The file %s is in UTF-16 or UTF-32; convert it first, for example with iconv -f UTF-16"
              + " -t UTF-8.",
          path);
    }
    boolean returns = false;
    for (byte b : bytes) {
      if (b == '\n') {
        return Optional.empty();
      }
      returns |= b == '\r';
    }
    return returns ? Optional.of(LineEnd.CR) : Optional.empty();
  }
}
