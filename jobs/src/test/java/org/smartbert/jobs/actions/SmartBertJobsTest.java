package org.smartbert.jobs.actions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.ScoringFixture;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.actions.inspection.ScoringRun;
import org.smartbert.jobs.actions.scoring.ScoreRequest;
import org.smartbert.jobs.actions.scoring.ScoreResult;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.inference.Gates;

/** What commands do, called from a program. */
class SmartBertJobsTest extends ScoringFixture {
  private SmartBertJobs jobs() {
    return SmartBertJobs.with(TestSpark.local()).tablesRoot(folder.resolve("tables").toString());
  }

  private ScoreRequest request() {
    return ScoreRequest.of(
        TextInput.of(InputTable.at(input.toString()), "text"),
        ModelSelection.of(model.toString()),
        output.toString());
  }

  @Test
  void scoresAndShowsTheRunWithoutACommandLine() {
    ScoreResult result =
        jobs().score(request().with(new ScoreRequest.Exits(0.2f, Gates.OFF)).withRunId("by-api"));
    assertThat(result.totals().rows()).isEqualTo(read().count()).isPositive();
    assertThat(result.attempt().runId()).isEqualTo("by-api");
    long exited = result.exits().stream().mapToLong(row -> row.rows()).sum();
    assertThat(exited).isEqualTo(result.totals().rows() - result.totals().errors());
    assertThat(read().select("entropy_threshold").distinct().collectAsList().toString())
        .isEqualTo("[[0.2]]");

    ScoringRun run = jobs().show(Optional.empty(), "");
    assertThat(run.identity().runId()).isEqualTo("by-api");
    assertThat(run.exits()).isEqualTo(result.exits());
    assertThat(run.settings()).containsEntry("gates", "OFF");
  }

  @Test
  void refusesWrongInputWithTheSameSentenceAsTheCommand() {
    ScoreRequest wrong =
        new ScoreRequest(
            TextInput.of(InputTable.at(input.toString()), "txt"),
            ModelSelection.of(model.toString()),
            ScoreRequest.Exits.DEFAULT,
            ScoreRequest.Output.to(output.toString()),
            ScoreRequest.Tasks.DEFAULT,
            Optional.empty());
    assertThatThrownBy(() -> jobs().score(wrong))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("txt");
    assertThat(List.of(folder.toFile().list())).doesNotContain("tables");
  }

  @Test
  void pairsForAModelOfOneTokenTypeAreRefusedBeforeAnyTask() {
    BertConfig.Embeddings embeddings =
        new BertConfig.Embeddings(CONFIG.vocabSize(), CONFIG.maxPositions(), 1);
    BertConfig single = CONFIG.with(embeddings);
    Path directory = TinyModels.write(folder.resolve("single"), single, 4);
    ScoreRequest pairs =
        ScoreRequest.of(
            new TextInput(InputTable.at(input.toString()), "text", Optional.of("text")),
            ModelSelection.of(directory.toString()),
            output.toString());
    assertThatThrownBy(() -> jobs().score(pairs))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("type_vocab_size 1");
    assertThat(List.of(folder.toFile().list())).doesNotContain("tables", "scored");
  }
}
