package org.smartbert.bench.paper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.InvalidInputException;

/** Results survive being written and read, and a command that was killed while it wrote. */
class ResultsFileTest {
  private static final Cell BERT = Lines.cell("rte", Arm.BERT, "2e-5", 1);
  private static final Cell GATES_OFF =
      new Cell("a, \"b\"", "rte", Arm.SMARTBERT_GATES_OFF, Lines.rates("0.00015", "2e-3"), 3);

  @TempDir private Path folder;
  private ResultsFile file;

  @BeforeEach
  void choose() {
    file = new ResultsFile(folder.resolve("results.csv"));
  }

  @Test
  void whatWasAppendedIsRead() {
    List<ResultLine> bert = Lines.curve(BERT, 61.5, new Lines.Point(0, 60, 100));
    List<ResultLine> smart =
        Lines.curve(
            GATES_OFF, 62.25, new Lines.Point(0, 59.25, 100), new Lines.Point(0.3f, 58, 41));
    file.append(bert);
    file.append(smart);
    ResultsFile.Read read = file.read();
    assertThat(read.cutOff()).isEmpty();
    assertThat(read.results().cells()).containsExactly(BERT, GATES_OFF);
    assertThat(read.results().curve(BERT)).isEqualTo(bert);
    assertThat(read.results().curve(GATES_OFF)).isEqualTo(smart);
  }

  @Test
  void aFileThatDoesNotExistHoldsNothing() {
    assertThat(file.read().results().cells()).isEmpty();
  }

  @Test
  void aLineThatWasCutOffIsIgnoredToldAndReplaced() throws IOException {
    file.append(Lines.curve(BERT, 61.5, new Lines.Point(0, 60, 100)));
    Files.writeString(file.path(), "tiny,rte,dev,smartb", StandardOpenOption.APPEND);
    ResultsFile.Read read = file.read();
    assertThat(read.results().cells()).containsExactly(BERT);
    assertThat(read.cutOff().orElseThrow()).contains("results.csv", "cut off", "19 characters");

    file.append(Lines.curve(GATES_OFF, 62, new Lines.Point(0, 59, 100)));
    ResultsFile.Read repaired = file.read();
    assertThat(repaired.cutOff()).isEmpty();
    assertThat(repaired.results().cells()).containsExactly(BERT, GATES_OFF);
  }

  @Test
  void aCellWithoutItsLastLinesIsNotFinished() throws IOException {
    file.append(
        Lines.curve(GATES_OFF, 62, new Lines.Point(0, 59, 100), new Lines.Point(0.3f, 58, 41)));
    String text = Files.readString(file.path());
    Files.writeString(file.path(), text.substring(0, text.length() - 5));
    Results results = file.read().results();
    assertThat(results.finished(GATES_OFF)).isFalse();
    assertThat(results.cells()).isEmpty();
  }

  @Test
  void otherFilesAndBrokenLinesAreRefused() throws IOException {
    Files.writeString(file.path(), "a,b\n1,2\n");
    assertThatThrownBy(file::read)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("results.csv")
        .hasMessageContaining("a,b");

    Files.delete(file.path());
    file.append(Lines.curve(BERT, 61.5, new Lines.Point(0, 60, 100)));
    String text = Files.readString(file.path()).replace("rte,dev,bert", "rte,dev,bret");
    Files.writeString(file.path(), text);
    assertThatThrownBy(file::read)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Line 2")
        .hasMessageContaining("bret");
  }

  @Test
  void aRateIsWrittenInOneWay() {
    assertThat(List.of("2e-5", "0.00002", "1.5E-4", "0.002"))
        .map(text -> Rates.text(Rates.parse("rate", text)))
        .containsExactly("2e-5", "2e-5", "1.5e-4", "2e-3");
  }
}
