package org.smartbert.jobs.actions.scoring.stream;

import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;
import org.smartbert.jobs.actions.run.CancellableJobs;
import org.smartbert.jobs.actions.run.Cancellation;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.jobs.io.Causes;
import org.smartbert.jobs.io.StreamCheckpoint;
import org.smartbert.jobs.io.StreamSource;

/**
 * A stream that ends when it is stopped. A batch that is computed then is finished if that takes no
 * longer than {@link #PATIENCE}, else abandoned: the next call computes it.
 */
final class Following implements StreamEnd {
  /** Shorter than what schedulers leave between SIGTERM and SIGKILL, 30 s mostly. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** Of the threads of a batch whose jobs were cancelled. */
  private static final Duration CANCELLATION = Duration.ofSeconds(5);

  private static final Duration CHECK = Duration.ofMinutes(1);
  private static final Duration COUNT = Duration.ofSeconds(10);
  private static final long LOOK_MILLIS = 200;

  private final FollowRequest request;
  private final StreamSource source;
  private final StreamCheckpoint checkpoint;
  private final Progress progress;
  private final Set<String> told = new HashSet<>();
  private long checked = System.nanoTime();
  private long counted = System.nanoTime();
  private volatile OptionalLong waiting = OptionalLong.empty();
  private volatile Optional<BatchWriter> writing = Optional.empty();

  Following(
      FollowRequest request, StreamSource source, StreamCheckpoint checkpoint, Progress progress) {
    this.request = request;
    this.source = source;
    this.checkpoint = checkpoint;
    this.progress = progress;
  }

  @Override
  public Trigger trigger() {
    return Trigger.ProcessingTime(request.pollInterval().toMillis());
  }

  @Override
  public void await(StreamingQuery query, BatchWriter writer) throws StreamingQueryException {
    writing = Optional.of(writer);
    try {
      while (!isStopped() && !query.awaitTermination(LOOK_MILLIS)) {
        look(writer);
      }
      stop(query, writer);
    } catch (StreamingQueryException e) {
      if (!isStopped() || !ledByStop(e)) {
        throw e;
      }
    }
  }

  private boolean isStopped() {
    return request.stop().isRequested() || CancellableJobs.cancelReason().isPresent();
  }

  private static boolean ledByStop(StreamingQueryException failure) {
    return Causes.of(failure).stream().anyMatch(BatchWriter.Stopped.class::isInstance)
        || Cancellation.led(failure);
  }

  private void look(BatchWriter writer) {
    if (writer.isBusy() && isDue(counted, COUNT)) {
      counted = System.nanoTime();
      waiting = source.waiting(checkpoint);
    }
    if (!writer.isBusy() && isDue(checked, CHECK)) {
      checked = System.nanoTime();
      source.requireUnchanged(checkpoint).stream().filter(told::add).forEach(progress::note);
    }
  }

  private static boolean isDue(long last, Duration interval) {
    return System.nanoTime() - last >= interval.toNanos();
  }

  private static void stop(StreamingQuery query, BatchWriter writer)
      throws StreamingQueryException {
    writer.beginNoMore();
    awaitWhile(query, PATIENCE, () -> writer.isBusy() || query.status().isTriggerActive());
    if (writer.isBusy()) {
      writer.abandon();
      awaitWhile(query, CANCELLATION, () -> true);
    }
  }

  private static void awaitWhile(StreamingQuery query, Duration longest, BooleanSupplier condition)
      throws StreamingQueryException {
    long started = System.nanoTime();
    while (condition.getAsBoolean()
        && !isDue(started, longest)
        && !query.awaitTermination(LOOK_MILLIS)) {
      // Waits.
    }
  }

  @Override
  public String progress() {
    StringBuilder text = new StringBuilder();
    boolean busy = writing.filter(BatchWriter::isBusy).isPresent();
    if (busy && waiting.isPresent()) {
      text.append(String.format(Locale.ROOT, "  %,d versions waiting", waiting.getAsLong()));
    }
    writing
        .flatMap(BatchWriter::lag)
        .ifPresent(lag -> text.append(String.format(Locale.ROOT, "  lag %,d s", lag.toSeconds())));
    return text.toString();
  }
}
