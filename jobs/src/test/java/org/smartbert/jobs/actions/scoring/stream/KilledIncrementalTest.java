package org.smartbert.jobs.actions.scoring.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.smartbert.jobs.CommandProcess;

/**
 * Drivers are killed at random moments while rows arrive, and no row is lost, doubled or null. The
 * property {@code smartbert.kills} says how often, {@code smartbert.seed} when.
 */
@Tag("long")
@Timeout(value = 90, unit = TimeUnit.MINUTES)
class KilledIncrementalTest extends IncrementalFixture {
  private static final int KILLS = Integer.getInteger("smartbert.kills", 6);
  private static final long SEED = Long.getLong("smartbert.seed", 11);
  private static final String ONE_FILE = "--max-files-per-trigger=1";
  private static final String FOLLOW = "--follow";
  private static final String OFTEN = "--poll-interval=100ms";
  private static final String CSV = "--format=csv";

  private final Random random = new Random(SEED);

  /** Rows that arrived. */
  private long rows = 303;

  @Test
  void callsThatAreKilledLoseAndDoubleNothing() throws Exception {
    killWhileRowsArrive(input, this::appendTo, ONE_FILE);
    mustScoreNew(ONE_FILE);
    assertExact(1);
  }

  @Test
  void aStreamWithoutAnEndThatIsKilledLosesAndDoublesNothing() throws Exception {
    killWhileRowsArrive(input, this::appendTo, FOLLOW, OFTEN, ONE_FILE);
    mustScoreNew(ONE_FILE);
    assertExact(1);
  }

  @Test
  void aStreamOfFilesThatIsKilledLosesAndDoublesNothing() throws Exception {
    Path landing = Files.createDirectory(folder.resolve("landing"));
    rows = 0;
    killWhileRowsArrive(landing, until -> write(landing, until), CSV, FOLLOW, OFTEN, ONE_FILE);
    assertThat(scoreNewFrom(landing, CSV, ONE_FILE).code()).isZero();
    assertExact(0);
  }

  /**
   * Starts the command again and again.
   *
   * @param arrive writes the rows from {@link #rows} to a number
   */
  private void killWhileRowsArrive(Path from, LongConsumer arrive, String... options)
      throws Exception {
    int killed = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      // Three files, so that there are three batches to be killed in.
      for (int file = 0; file < 3; file++) {
        arrive(arrive, 40);
      }
      CommandProcess process = start(kill, from, options);
      long before = files();
      // The JVM takes seconds to start: from the first new file on every moment is interesting.
      while (files() == before) {
        assertThat(process.endsWithin(25)).as(process.err()).isFalse();
      }
      boolean ended = false;
      int pauses = random.nextInt(10);
      for (int pause = 0; pause < pauses; pause++) {
        arrive(arrive, 10);
        ended |= process.endsWithin(random.nextInt(600));
      }
      ended |= process.endsWithin(random.nextInt(600));
      process.kill();
      killed += ended ? 0 : 1;
    }
    System.out.printf(
        "%d of %d kills met a running driver; %,d rows arrived (%s, seed %d)%n",
        killed, KILLS, rows, String.join(" ", options), SEED);
    assertThat(killed).as("kills that met a running driver").isGreaterThan(KILLS / 2);
    DeltaLog.clearCache();
  }

  private void arrive(LongConsumer arrive, int more) {
    arrive.accept(rows + more);
    rows += more;
  }

  private void appendTo(long until) {
    append(rows, until);
  }

  /** A file that appears whole. */
  private void write(Path landing, long until) {
    List<String> lines = new ArrayList<>(List.of("id,text"));
    LongStream.range(rows, until).forEach(id -> lines.add(id + ",w" + id % 60 + " w" + id % 7));
    try {
      Path hidden = Files.write(landing.resolve("." + until + ".csv"), lines);
      Files.move(hidden, landing.resolve(until + ".csv"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void assertExact(int withoutText) {
    assertEachOnce(rows);
    // The row 300 of the table has no text.
    assertThat(read().filter("prediction IS NULL").count()).isEqualTo(withoutText);
    List<Row> runs = runs().collectAsList();
    assertThat(runs).extracting(run -> run.<String>getAs("status")).containsOnly("finished");
    assertThat(runs.stream().mapToLong(run -> run.<Long>getAs("rows")).sum()).isEqualTo(rows);
  }

  /** Files of output and checkpoint. */
  private long files() throws IOException {
    if (!Files.exists(output)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(output)) {
      return files.filter(file -> !file.toString().contains("lock.json")).count();
    } catch (UncheckedIOException e) {
      // One was renamed meanwhile.
      return -1;
    }
  }

  private CommandProcess start(int kill, Path from, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "score",
                "--incremental",
                "--input=" + from,
                "--model=" + model,
                "--output=" + output,
                "--tables-root=" + folder.resolve("tables")));
    arguments.addAll(List.of(options));
    return CommandProcess.start(
        folder.resolve("kill-" + kill),
        Map.of("spark.master", "local[2]"),
        arguments.toArray(String[]::new));
  }
}
