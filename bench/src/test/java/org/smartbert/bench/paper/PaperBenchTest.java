package org.smartbert.bench.paper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.bench.RandomBert;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.io.ModelDirectory;

/** The whole command with a tiny network on real rows, twice. */
class PaperBenchTest {
  private static final Path DATA = Path.of(System.getProperty("smartbert.shared"), "data");

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void trainsEvaluatesPrintsAndDoesNotRunAgainWhatIsFinished() throws IOException {
    BertConfig config = RandomBert.of(64, 2);
    Path backbone = folder.resolve("tiny");
    ModelDirectory.write(
        backbone,
        config,
        RandomBert.weights(config).values(),
        DATA.resolve("bert-vocab"),
        Map.of());
    Path results = folder.resolve("results.csv");

    assertThat(run(backbone, results)).as(err.toString()).isEqualTo(Problems.WRONG_INPUT);
    assertThat(err.toString())
        .contains("The task nothing is unknown", "3 cells: 0 finished before, 3 to run.")
        .contains("[3 of 3] tiny wnli smartbert 2e-5 heads same seed 1");
    ResultsFile.Read read = new ResultsFile(results).read();
    assertThat(read.results().cells())
        .extracting(Cell::arm)
        .containsExactly(Arm.BERT, Arm.DISTILBERT, Arm.SMARTBERT);
    ResultLine bert = first(read.results(), Arm.BERT);
    assertThat(bert.rows()).isEqualTo(71);
    assertThat(bert.compute().cost()).isEqualTo(1);
    assertThat(bert.training().rows()).isBetween(50L, 64L);
    ResultLine student = first(read.results(), Arm.DISTILBERT);
    assertThat(student.compute().cost()).isBetween(0.5, 0.51);
    assertThat(student.compute().paperCost()).isBetween(0.5, 0.51);
    assertThat(read.results().curve(read.results().cells().get(2))).hasSizeGreaterThan(10);
    assertThat(out.toString()).contains("| DistilBERT |", "| SmartBERT, S = 0.3 |");
    try (var models = Files.list(folder.resolve("work").resolve("models"))) {
      assertThat(models).isEmpty();
    }

    String before = Files.readString(results);
    Files.writeString(results, "tiny,wn", StandardOpenOption.APPEND);
    err.getBuffer().setLength(0);
    assertThat(run(backbone, results)).isEqualTo(Problems.WRONG_INPUT);
    assertThat(err.toString())
        .contains("3 finished before, 0 to run.", "was cut off (7 characters)");
    assertThat(Files.readString(results)).isEqualTo(before + "tiny,wn");
  }

  private static ResultLine first(Results results, Arm arm) {
    Cell cell = results.cells().stream().filter(c -> c.arm() == arm).findFirst().orElseThrow();
    return results.curve(cell).get(0);
  }

  private int run(Path backbone, Path results) {
    List<String> arguments =
        new ArrayList<>(List.of("--data", DATA.toString(), "--backbone", backbone.toString()));
    arguments.addAll(List.of("--tasks", "nothing,wnli", "--methods", "bert,distilbert,smartbert"));
    arguments.addAll(List.of("--epochs", "2", "--exit-epochs", "1", "--rows", "64"));
    arguments.addAll(List.of("--workers", "1", "--precision", "fp32"));
    arguments.addAll(List.of("--work", folder.resolve("work").toString()));
    arguments.addAll(List.of("--results", results.toString()));
    return PaperBench.run(
        new PrintWriter(out, true), new PrintWriter(err, true), arguments.toArray(String[]::new));
  }

  @Test
  void whatIsMissingOrUnknownIsSaid() {
    assertThat(PaperBench.run(new PrintWriter(out), new PrintWriter(err, true), "--data", "x"))
        .isEqualTo(Problems.WRONG_INPUT);
    assertThat(err.toString()).contains("--backbone is missing");
  }
}
