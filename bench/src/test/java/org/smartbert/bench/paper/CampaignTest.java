package org.smartbert.bench.paper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.Precision;
import org.smartbert.model.training.TrainingSettings.HeadLearningRate;

/** Which cells a campaign runs, and what it says of those that it does not. */
class CampaignTest {
  private static final Grid GRID =
      new Grid(
          List.of(Arm.SMARTBERT, Arm.BERT),
          List.of(1L, 2L),
          List.of(2e-5),
          List.of(HeadLearningRate.BACKBONES));

  @TempDir private Path folder;
  private final StringWriter err = new StringWriter();
  private Task rte;

  @BeforeEach
  void putFiles() throws IOException {
    Path files = Files.createDirectories(folder.resolve("glue-rte"));
    Files.writeString(files.resolve("train.tsv.gz"), "");
    Files.writeString(files.resolve("dev.tsv.gz"), "");
    rte = Task.require("rte", folder);
  }

  private Campaign campaign(ResultsFile file, int epochs) {
    Recipe recipe = new Recipe(epochs, 4, OptionalInt.empty(), Precision.FP32);
    return new Campaign(file, recipe, Campaign.KeepModels.NO, new PrintWriter(err, true));
  }

  private ResultsFile file() {
    return new ResultsFile(folder.resolve("results.csv"));
  }

  @Test
  void tasksThatAreUnknownOrHaveNoFilesAreNamedAndTheOthersGoOn() {
    Campaign campaign = campaign(file(), 5);
    List<Task> tasks = campaign.tasks(List.of("stsb", "rte", "qnli"), folder);
    assertThat(tasks).containsExactly(rte);
    assertThat(err.toString())
        .contains("The task stsb is unknown", "The task qnli needs the file")
        .contains(folder.resolve("glue-qnli").resolve("train.tsv.gz").toString());
    assertThat(campaign.run(Map.of(), task -> null, null)).isEqualTo(Problems.WRONG_INPUT);
  }

  @Test
  void cellsAreInTheOrderOfTheMethodsForEachSeed() {
    Map<Task, List<Cell>> open = campaign(file(), 5).unfinished(GRID, "tiny", List.of(rte));
    assertThat(open.get(rte))
        .containsExactly(
            Lines.cell("rte", Arm.SMARTBERT, "2e-5", 1),
            Lines.cell("rte", Arm.BERT, "2e-5", 1),
            Lines.cell("rte", Arm.SMARTBERT, "2e-5", 2),
            Lines.cell("rte", Arm.BERT, "2e-5", 2));
  }

  @Test
  void finishedCellsAreNotRunAgainAndThoseOfOtherSettingsAreNamed() {
    Cell finished = Lines.cell("rte", Arm.BERT, "0.00002", 1);
    file().append(Lines.curve(finished, 60, new Lines.Point(0, 60, 100)));
    Map<Task, List<Cell>> open = campaign(file(), 5).unfinished(GRID, "tiny", List.of(rte));
    assertThat(open.get(rte)).hasSize(3).doesNotContain(finished);
    assertThat(err.toString())
        .contains("4 cells: 1 finished before, 3 to run.")
        .contains(finished.title(), "other settings (" + Lines.SETTINGS + ")");
  }
}
