package org.smartbert.jobs.actions.scoring.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.smartbert.jobs.CommandProcess;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.actions.SmartBertJobs;
import org.smartbert.jobs.actions.scoring.ScoreRequest;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.InvalidInputException;

/** A stream without an end scores rows as they come, until it is stopped. */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class FollowTest extends IncrementalFixture {
  private static final Duration OFTEN = Duration.ofMillis(200);
  private static final Map<String, String> LOCAL = Map.of("spark.master", "local[2]");

  private final StreamStop stop = new StreamStop();

  @Test
  void rowsThatComeAreScoredUntilTheStopAndTheSameCommandGoesOn() throws Exception {
    CompletableFuture<IncrementalResult> following = follow(table());
    await(303, following);
    assertThatThrownBy(() -> jobs().scoreIncremental(table()))
        .isInstanceOf(FailedRunException.class)
        .hasMessageStartingWith("Another process scores with the checkpoint " + output)
        .hasMessageEndingWith("wait until it has ended, then give the same command again.");
    append(303, 340);
    await(340, following);
    stop.request();
    IncrementalResult result = following.join();
    assertThat(result.scored().orElseThrow().totals().rows()).isEqualTo(340);
    assertThat(result.scored().orElseThrow().attempt().slices()).isEqualTo(2);
    List<Row> runs = runs().collectAsList();
    assertThat(runs).extracting(run -> run.<Long>getAs("rows")).containsExactly(340L);
    assertThat(runs).extracting(run -> run.<String>getAs("status")).containsExactly("finished");

    assertThat(score().out()).contains("Nothing new");
    append(340, 345);
    assertThat(score().out()).contains("Scored 5 rows");
    assertEachOnce(345);
  }

  @Test
  @Tag("long")
  void aStreamGoesOnWhereTheSameCommandEnded() throws Exception {
    mustScoreNew();
    CompletableFuture<IncrementalResult> following = follow(table());
    append(303, 310);
    await(310, following);
    stop.request();
    assertThat(following.join().scored().orElseThrow().totals().rows()).isEqualTo(7);
    assertEachOnce(310);
  }

  @Test
  @Tag("long")
  void aStopBeforeAnyRowLeavesNoRun() throws Exception {
    mustScoreNew();
    CompletableFuture<IncrementalResult> following = follow(table());
    Thread.sleep(5_000);
    assertThat(following).isNotDone();
    stop.request();
    assertThat(following.join().scored()).isEmpty();
    assertThat(runs().count()).isEqualTo(1);
  }

  @Test
  @Tag("long")
  void filesThatComeAreScored() throws Exception {
    Path landing = Files.createDirectory(folder.resolve("landing"));
    Files.writeString(landing.resolve("a.csv"), "id,text\n1,w1 w2\n2,w3\n");
    CompletableFuture<IncrementalResult> following = follow(files(landing));
    await(2, following);
    Files.writeString(landing.resolve(".b.csv"), "id,text\n3,w1 w2\n");
    Files.move(landing.resolve(".b.csv"), landing.resolve("b.csv"));
    await(3, following);
    stop.request();
    assertThat(following.join().scored().orElseThrow().totals().rows()).isEqualTo(3);
    assertEachOnce(3);
  }

  /** Spark passes over it, while no other file comes. */
  @Test
  @Tag("long")
  void aFileThatIsChangedEndsIt() throws Exception {
    Path landing = Files.createDirectory(folder.resolve("landing"));
    Path file = Files.writeString(landing.resolve("a.csv"), "id,text\n1,w1 w2\n");
    CompletableFuture<IncrementalResult> following = follow(files(landing));
    await(1, following);
    Files.writeString(file, "id,text\n1,w1 w2\n2,w3\n");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(9)));
    assertThatThrownBy(following::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("1 files of the input " + landing + " were changed");
    assertThat(runs().first().<String>getAs("status")).isEqualTo("failed");
  }

  @Test
  @Tag("long")
  void updatesEndIt() throws Exception {
    CompletableFuture<IncrementalResult> following = follow(table());
    await(303, following);
    sql("UPDATE delta.`%s` SET text = 'w9 w9' WHERE id = 7", input);
    assertThatThrownBy(following::join)
        .cause()
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("has updates or deletes since it was last read (version 1)");
    assertEachOnce(303);
  }

  @Test
  @Tag("long")
  void sigtermAndSigintEndTheCommandWithItsSummary() throws Exception {
    for (String signal : List.of("TERM", "INT")) {
      append(signal.equals("TERM") ? 400 : 500, signal.equals("TERM") ? 450 : 550);
      long rows = signal.equals("TERM") ? 353 : 403;
      CommandProcess process = start(signal);
      awaitRows(rows, process);
      assertThat(second("second-" + signal))
          .contains("smartbert: Another process scores with the checkpoint ")
          .contains("(process ");
      process.signal(signal);
      assertThat(process.exitCode()).as(process.err()).isZero();
      assertThat(process.err()).doesNotContain("smartbert: ");
      assertThat(process.out())
          .contains("Stopped on request, after ")
          .contains("Scored " + (signal.equals("TERM") ? 353 : 50) + " rows");
      assertEachOnce(rows);
    }
    assertThat(runs().collectAsList())
        .extracting(run -> run.<String>getAs("status"))
        .containsExactly("finished", "finished");
    assertThat(mustScoreNew().out()).contains("Nothing new");
  }

  private String second(String name) throws InterruptedException {
    CommandProcess process = start(name);
    assertThat(process.exitCode()).as(process.err()).isEqualTo(1);
    return process.err();
  }

  private CommandProcess start(String name) {
    return CommandProcess.start(
        folder.resolve(name),
        LOCAL,
        "score",
        "--follow",
        "--poll-interval=500ms",
        "--input=" + input,
        "--model=" + model,
        "--output=" + output,
        "--tables-root=" + folder.resolve("tables"));
  }

  private void awaitRows(long rows, CommandProcess process) throws InterruptedException {
    while (!Files.exists(output.resolve("_delta_log/00000000000000000000.json"))
        || read().count() < rows) {
      assertThat(process.endsWithin(200)).as(process.err()).isFalse();
    }
  }

  private SmartBertJobs jobs() {
    return SmartBertJobs.with(TestSpark.local()).tablesRoot(folder.resolve("tables").toString());
  }

  private IncrementalRequest table() {
    return request(InputTable.at(input.toString()));
  }

  private IncrementalRequest files(Path landing) {
    return request(new InputTable(landing.toString(), InputTable.Format.CSV, Map.of()));
  }

  private IncrementalRequest request(InputTable from) {
    return IncrementalRequest.of(
        ScoreRequest.of(
            TextInput.of(from, "text"), ModelSelection.of(model.toString()), output.toString()));
  }

  private CompletableFuture<IncrementalResult> follow(IncrementalRequest rows) {
    SmartBertJobs jobs = jobs();
    FollowRequest request = new FollowRequest(rows, OFTEN, stop);
    return CompletableFuture.supplyAsync(() -> jobs.follow(request));
  }

  /** Waits for rows in the output. */
  private void await(long rows, CompletableFuture<IncrementalResult> following)
      throws InterruptedException {
    while (!Files.exists(output.resolve("_delta_log/00000000000000000000.json"))
        || read().count() < rows) {
      if (following.isDone()) {
        following.join();
      }
      assertThat(following).isNotDone();
      Thread.sleep(100);
    }
  }
}
