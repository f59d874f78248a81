package org.smartbert.bench.paper;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/** The one dialect of the files here: RFC 4180 with line feeds. */
final class Csv {
  static final CSVFormat FORMAT = CSVFormat.RFC4180.builder().setRecordSeparator('\n').get();

  private Csv() {}

  /** The records of a resource of this package, by the names of its first line. */
  static List<CSVRecord> resource(String name) {
    CSVFormat format =
        FORMAT.builder().setHeader().setSkipHeaderRecord(true).setCommentMarker('#').get();
    try (Reader reader =
        new InputStreamReader(
            Objects.requireNonNull(Csv.class.getResourceAsStream(name), name),
            StandardCharsets.UTF_8)) {
      return format.parse(reader).getRecords();
    } catch (IOException e) {
      throw new UncheckedIOException("The resource " + name + " could not be read", e);
    }
  }
}
