package org.smartbert.jobs.cli.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.SharedFiles;

/** A SQL file that begins with a byte order mark. */
@Tag("slow")
class SqlExportCaseTest {
  @Test
  void theByteOrderMarkOfASqlFileIsIgnored() throws IOException {
    Path file = SharedFiles.require("cases/28-sql-export/bom.sql");
    String text = Files.readString(file);
    assertThat(text).startsWith("\uFEFF");
    StringWriter printed = new StringWriter();
    PrintWriter out = new PrintWriter(printed);
    new SqlShell(TestSpark.local(), ResultFormat.CSV, 10, out).run(text);
    out.flush();
    assertThat(printed.toString()).contains("one\n1\n", "two\n2\n");
  }
}
