package org.smartbert.jobs.actions.scoring.stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Timer;
import java.util.TimerTask;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.execution.streaming.checkpointing.CheckpointFileManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.jobs.io.StorageFailure;
import org.smartbert.model.FailedRunException;

/**
 * Keeps two calls from the work of one checkpoint. It is a file that its owner renews: one that is
 * not renewed, or whose process is gone, belongs to a call that was killed. It saves work and clear
 * messages only; that no row is doubled is up to Delta's transactions.
 */
final class StreamLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StreamLock.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FILE = "lock.json";
  private static final Duration RENEWAL = Duration.ofSeconds(10);
  private static final Duration EXPIRY = Duration.ofSeconds(45);

  private final Path file;
  private final CheckpointFileManager files;
  private final String checkpoint;
  private Optional<Timer> renewals = Optional.empty();
  private Owner own;

  /**
   * Who holds a lock.
   *
   * @param id drawn for every call
   * @param host its name, and which of its sets of process numbers is meant
   * @param started of the process, in milliseconds since 1970
   * @param renewals that were made
   */
  record Owner(String id, String host, long pid, long started, long renewals) {
    static Owner here() {
      ProcessHandle process = ProcessHandle.current();
      return new Owner(UUID.randomUUID().toString(), hostName(), process.pid(), start(process), 0);
    }

    private static String hostName() {
      try {
        // Containers may share a host's name and count their processes each for itself.
        return InetAddress.getLocalHost().getHostName()
            + " "
            + Files.readSymbolicLink(java.nio.file.Path.of("/proc/self/ns/pid"));
      } catch (IOException e) {
        LOG.debug("The host has no name that others know it by", e);
        return "unknown " + UUID.randomUUID();
      }
    }

    private static long start(ProcessHandle process) {
      return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    Owner renewed() {
      return new Owner(id, host, pid, started, renewals + 1);
    }

    boolean isOf(Owner other) {
      return id.equals(other.id);
    }

    /** Whether its process lives; empty where that cannot be seen from here. */
    Optional<Boolean> isAlive(Owner observer) {
      return host.equals(observer.host)
          ? Optional.of(
              ProcessHandle.of(pid).filter(process -> start(process) == started).isPresent())
          : Optional.empty();
    }
  }

  private StreamLock(StreamFolder folder, Configuration hadoop) {
    this.checkpoint = folder.location();
    this.file = new Path(checkpoint, FILE);
    this.files = CheckpointFileManager.create(new Path(checkpoint), hadoop);
    this.own = Owner.here();
  }

  /**
   * Takes the lock of a checkpoint.
   *
   * @param progress where it is told that this takes time
   * @throws FailedRunException if another call holds it
   */
  static StreamLock acquire(StreamFolder folder, Configuration hadoop, Progress progress) {
    StreamLock lock = new StreamLock(folder, hadoop);
    try {
      lock.take(progress);
    } catch (IOException e) {
      throw lock.unwritable(e);
    }
    lock.keep();
    return lock;
  }

  private void take(Progress progress) throws IOException {
    Optional<Owner> there = read();
    if (there.isPresent()) {
      Owner other = there.get();
      if (other.isAlive(own).orElseGet(() -> isRenewed(other, progress))) {
        throw held(other);
      }
      files.delete(file);
    }
    if (!write(own, false)) {
      throw held(read().orElse(own));
    }
  }

  /** Whether an owner elsewhere renews its lock, by the clock of this process alone. */
  private boolean isRenewed(Owner other, Progress progress) {
    progress.note(
        String.format(
            "A call on %s held the checkpoint %s; waiting up to %d s to see whether it still does.",
            other.host().replaceFirst(" .*", ""), checkpoint, EXPIRY.toSeconds()));
    try {
      for (int second = 0; second < EXPIRY.toSeconds(); second++) {
        Thread.sleep(1_000);
        Optional<Owner> now = read();
        if (now.isEmpty() || !now.get().equals(other)) {
          return now.isPresent();
        }
      }
      return false;
    } catch (IOException e) {
      throw unwritable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailedRunException("The run was interrupted while it waited for a lock.", e);
    }
  }

  /** The owner; empty where there is none. */
  private Optional<Owner> read() throws IOException {
    try (FSDataInputStream in = files.open(file)) {
      return Optional.of(JSON.readValue(in.readAllBytes(), Owner.class));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /** Whether it was written; without {@code overwrite} not where there is one. */
  private boolean write(Owner owner, boolean overwrite) throws IOException {
    CheckpointFileManager.CancellableFSDataOutputStream out = files.createAtomic(file, overwrite);
    try {
      out.write(JSON.writeValueAsBytes(owner));
      out.close();
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } finally {
      // Does nothing after a close.
      out.cancel();
    }
  }

  private void keep() {
    Timer timer = new Timer("smartbert-stream-lock", true);
    timer.schedule(
        new TimerTask() {
          @Override
          public void run() {
            renew();
          }
        },
        RENEWAL.toMillis(),
        RENEWAL.toMillis());
    renewals = Optional.of(timer);
  }

  private synchronized void renew() {
    try {
      if (isHeld()) {
        own = own.renewed();
        write(own, true);
      }
    } catch (IOException e) {
      // The next renewal tries again; batches fail by themselves where nothing can be written.
      LOG.warn("The lock of the checkpoint {} could not be renewed: {}", checkpoint, e.toString());
    }
  }

  private boolean isHeld() throws IOException {
    return read().filter(own::isOf).isPresent();
  }

  /**
   * Checks that no other call has taken the lock, as it does when this process was suspended.
   *
   * @throws FailedRunException if one has
   */
  synchronized void requireHeld() {
    try {
      Optional<Owner> now = read();
      if (now.isPresent() && !now.get().isOf(own)) {
        throw held(now.get());
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private FailedRunException held(Owner other) {
    return new FailedRunException(
        String.format(
            "Another process scores with the checkpoint %s (process %d on %s); wait until it has"
                + " ended, then give the same command again.",
            checkpoint, other.pid(), other.host().replaceFirst(" .*", "")));
  }

  private RuntimeException unwritable(IOException cause) {
    return new FailedRunException(
        String.format(
            "The lock of the checkpoint %s could not be read or written (%s); give the same command"
                + " again when the file system can be reached.",
            checkpoint, StorageFailure.line(cause)),
        cause);
  }

  @Override
  public synchronized void close() {
    renewals.ifPresent(Timer::cancel);
    try {
      if (isHeld()) {
        files.delete(file);
      }
    } catch (IOException e) {
      // The next call sees that this process is gone.
      LOG.warn("The lock of the checkpoint {} could not be removed: {}", checkpoint, e.toString());
    }
  }
}
