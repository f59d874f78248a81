package org.smartbert.jobs.io.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.InvalidInputException;

/** Records of delimited text, character by character. */
class DelimitedRecordsTest {
  @TempDir Path folder;

  @Test
  void quotedTextsStayAsTheyAre() {
    assertThat(read("1,\"a\r\nb\"\r\n2,\"\"\r\n3,\r\n4,\"x \"\"y\"\"\"\r\n", Dialect.CSV, 2))
        .containsExactly("1|a\r\nb", "2|", "3|null", "4|x \"y\"");
    assertThat(read("1,\"a\rb\"\n2, x \n", Dialect.CSV, 2)).containsExactly("1|a\rb", "2| x ");
  }

  @Test
  void aQuoteThatIsNotClosedCostsOneRow() {
    assertThat(read("1,\"a\n2,b\n3,\"c\"\n4,d\n", Dialect.CSV, 2))
        .containsExactly("AFTER_QUOTE 1: 1,\"a", "2|b", "3|c", "4|d");
    assertThat(read("1,a\n2,\"b\n3,c\n", Dialect.CSV, 2))
        .containsExactly("1|a", "OPEN_QUOTE 2: 2,\"b", "3|c");
  }

  @Test
  void fieldsAreCounted() {
    assertThat(read("1,good, really\n2\n3,c,\n\n4,d\n", Dialect.CSV, 2))
        .containsExactly("TOO_MANY 1: 1,good, really", "TOO_FEW 2: 2", "TOO_MANY 3: 3,c,", "4|d");
  }

  @Test
  void escapesAsSparkWritesThem() {
    Dialect escaped = Dialect.CSV.withEscape('\\');
    assertThat(read("1,\"he said \\\"wow\\\", and\"\n2,\"a\\\\b\\c\"\n3,C:\\d\n", escaped, 2))
        .containsExactly("1|he said \"wow\", and", "2|a\\b\\c", "3|C:\\d");
  }

  @Test
  void carriageReturnsThatEndNoLine() {
    assertThat(read("1\ta\rb\n2\tc\r\n", Dialect.TSV, 2))
        .containsExactly("CARRIAGE_RETURN 1: 1\ta\rb", "2|c");
    assertThat(read("1\ta\rb\n", Dialect.TSV.withLineEnd(LineEnd.LF), 2)).containsExactly("1|a\rb");
    assertThat(read("1\ta\r2\tb\r", Dialect.TSV.withLineEnd(LineEnd.CR), 2))
        .containsExactly("1|a", "2|b");
  }

  @Test
  void bytesThatTheEncodingDoesNotHave() throws IOException {
    byte[] bytes = "1,caf\u00e9\n2,ok\n".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(read(bytes, Dialect.CSV, 2, 1 << 20))
        .containsExactly("ENCODING 1: 1,caf\\xE9", "2|ok");
    assertThat(read("1,\ufffd\n2,a\0b\n", Dialect.CSV, 2))
        .containsExactly("1|\ufffd", "NUL 2: 2,a\0b");
  }

  @Test
  void blanksBeforeAQuote() {
    assertThat(read("1, \"a, b\"\n2,5\" disk\n", Dialect.CSV, 2))
        .containsExactly("BEFORE_QUOTE 1: 1, \"a, b\"", "2|5\" disk");
  }

  @Test
  void partsOfAFileHoldEveryLineOnce() throws IOException {
    StringBuilder text = new StringBuilder("\ufeff");
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      text.append(i).append('\t').append("w".repeat(i % 7)).append(i % 2 == 0 ? "\n" : "\r\n");
      expected.add(i + "|" + (i % 7 == 0 ? "null" : "w".repeat(i % 7)));
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    for (int step = 1; step < 40; step++) {
      assertThat(read(bytes, Dialect.TSV, 2, step)).as("parts of %d", step).isEqualTo(expected);
    }
  }

  @Test
  void encodings() {
    assertThat(Dialect.charset("windows-1252").name()).isEqualTo("windows-1252");
    assertThatThrownBy(() -> Dialect.charset("utf8-de"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("The encoding utf8-de is unknown");
    assertThatThrownBy(() -> Dialect.charset("UTF-16"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("iconv -f UTF-16");
  }

  private List<String> read(String text, Dialect dialect, int columns) {
    try {
      return read(text.getBytes(StandardCharsets.UTF_8), dialect, columns, Integer.MAX_VALUE);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private List<String> read(byte[] bytes, Dialect dialect, int columns, int step)
      throws IOException {
    Path file = Files.write(folder.resolve("file"), bytes);
    List<String> read = new ArrayList<>();
    for (long start = 0; start < bytes.length; start += step) {
      FilePart part = new FilePart(file.toUri().toString(), start, start + step);
      try (DelimitedRecords records =
          new DelimitedRecords(part, dialect, new Configuration(false))) {
        for (TextRecord r = records.next(columns); r != null; r = records.next(columns)) {
          read.add(
              r.flaw() == null
                  ? String.join("|", Arrays.stream(r.fields()).map(String::valueOf).toList())
                  : r.flaw() + " " + r.line() + ": " + r.raw());
        }
      }
    }
    return read;
  }
}
