package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.zip.ZipException;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.InvalidInputException;
import scala.Option;
import scala.collection.immutable.Map;

/** Failures of others become one sentence, without class names. */
class UserMessageTest {
  private static final String ABORTED =
      "Job aborted due to stage failure: Task 0 in stage 7.0 failed 4 times, most recent failure:"
          + " Lost task 0.3 in stage 7.0 (TID 12) (10.0.0.5 executor 2): ";

  @Test
  void aTasksOwnSentenceArrivesByTextToo() {
    assertTold(
        aborted("org.smartbert.model.InvalidInputException: The label of row 7 is empty."),
        2,
        "The label of row 7 is empty.");
    assertThat(
            UserMessage.of(
                aborted("org.smartbert.model.FailedRunException: The worker was stopped.")))
        .isEqualTo(UserMessage.failed("The worker was stopped."));
    assertTold(
        new IllegalStateException(new FailedRunException("It broke.", null)), 1, "It broke.");
    // Thrown in a function of SQL, on another machine.
    assertThat(
            UserMessage.of(
                aborted(
                    "org.apache.spark.SparkException: [FAILED_EXECUTE_UDF] User defined function"
                        + " (`smartbert (RowScorer)`: (binary) => struct<a:string>) failed due to:"
                        + " org.smartbert.model.InvalidInputException: The model is broken."
                        + " SQLSTATE: 39000")))
        .isEqualTo(UserMessage.wrongInput("The model is broken."));
    // Whatever stands around it.
    assertThat(
            UserMessage.of(
                new AnalysisException(
                    "FAILED_FUNCTION_CALL",
                    new Map.Map1<>("funcName", "smartbert"),
                    Option.apply(new InvalidInputException("No model is set.")))))
        .isEqualTo(UserMessage.wrongInput("No model is set."));
  }

  @Test
  void aTasksOwnSentenceArrivesFromSpark() {
    SparkSession spark = TestSpark.local();
    MapFunction<Long, Long> refuse =
        row -> {
          throw new InvalidInputException("The row %d has no text.", row);
        };
    Throwable failure = null;
    try {
      spark.range(3, 4).as(Encoders.LONG()).map(refuse, Encoders.LONG()).collectAsList();
    } catch (Exception e) {
      failure = e;
    }
    assertTold(failure, 2, "The row 3 has no text.");
  }

  @Test
  void fullAndForbiddenPlacesAreNamed() {
    assertTold(
        aborted("java.io.IOException: No space left on device"), 1, "no space left", "TMPDIR");
    assertTold(
        new UncheckedIOException(new AccessDeniedException("/data/out")), 2, "access to /data/out");
    assertTold(
        new FileNotFoundException("/data/in.csv (Permission denied)"), 2, "access to /data/in.csv");
    assertTold(new RuntimeException(new IOException("/mnt/x: Read-only file system")), 2, "/mnt/x");
    assertTold(
        new FileNotFoundException("File file:/data/a.parquet does not exist"),
        2,
        "file:/data/a.parquet");
    assertTold(
        new IOException("file:/data/a.csv.gz", new ZipException("invalid stored block lengths")),
        2,
        "compressed file is damaged");
  }

  @Test
  void memoryHasARemedy() {
    assertTold(new OutOfMemoryError("Java heap space"), 1, "--driver-memory");
    assertTold(
        aborted("java.lang.OutOfMemoryError: GC overhead limit exceeded"), 1, "--executor-memory");
    assertTold(
        new SparkException(
            ABORTED
                + "ExecutorLostFailure (executor 2 exited caused by one of the running tasks)"
                + " Reason: Command exited with code 52"),
        1,
        "spark.executor.memoryOverhead");
    assertTold(
        aborted(
            "ai.djl.engine.EngineException: [enforce fail at alloc_cpu.cpp:117] err == 0."
                + " DefaultCPUAllocator: can't allocate memory"),
        1,
        "libtorch has too little memory");
  }

  @Test
  void sparksOwnErrorsLoseTheirNames() {
    SparkSession spark = TestSpark.local();
    assertTold(failureOf(spark, "SELEKT 1"), 2, "Syntax error at or near 'SELEKT'");
    assertTold(failureOf(spark, "SELECT nothing"), 2, "nothing");
    assertTold(failureOf(spark, "SELECT 1 / 0"), 2, "Division by zero");
    assertTold(failureOf(spark, "SELECT CAST('x' AS INT)"), 2, "'x'");
    assertTold(failureOf(spark, "SELECT raise_error('a sentence')"), 1, "a sentence");
  }

  @Test
  void aMissingFileOfSparksIsNamed(@TempDir Path folder) {
    assertTold(
        failureOf(TestSpark.local(), "SELECT * FROM csv.`" + folder.resolve("gone.csv") + "`"),
        2,
        "gone.csv");
  }

  @Test
  void anUnknownFailureKeepsItsMessageAndABugIsCalledOne() {
    UserMessage message =
        UserMessage.of(new IllegalStateException(new RuntimeException("The lake is dry")));
    assertThat(message.sentence()).isEqualTo("The run failed: The lake is dry");
    assertThat(message.expected()).isFalse();
    assertThat(UserMessage.of(new NullPointerException()).sentence())
        .contains("error in the program", "NullPointerException");
  }

  private static SparkException aborted(String cause) {
    return new SparkException(
        ABORTED + cause + "\n\tat org.example.A.b(A.java:1)\n\nDriver stacktrace:");
  }

  private static Throwable failureOf(SparkSession spark, String sql) {
    try {
      spark.sql(sql).collectAsList();
    } catch (Exception e) {
      return e;
    }
    throw new AssertionError(sql + " does not fail");
  }

  private static void assertTold(Throwable failure, int exitCode, String... parts) {
    UserMessage message = UserMessage.of(failure);
    assertThat(message.sentence()).contains(parts).doesNotContain("Exception", "SQLSTATE", "\n");
    assertThat(message.sentence()).doesNotStartWith("[");
    assertThat(message.exitCode()).as(message.sentence()).isEqualTo(exitCode);
  }
}
