package org.smartbert.jobs.actions.scoring.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.model.FailedRunException;

/** One call at a time has a checkpoint, and a call that was killed does not keep it. */
class StreamLockTest {
  private static final String HELD = "Another process scores with the checkpoint ";

  @TempDir Path folder;

  private final List<String> notes = new ArrayList<>();
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("lock.json");
  }

  @Test
  void oneCallHasItUntilItEnds() {
    StreamLock first = acquire();
    assertThatThrownBy(this::acquire)
        .isInstanceOf(FailedRunException.class)
        .hasMessageStartingWith(HELD + folder + " (process " + ProcessHandle.current().pid());
    first.requireHeld();
    first.close();
    assertThat(file).doesNotExist();
    acquire().close();
    assertThat(notes).isEmpty();
  }

  @Test
  void aProcessThatIsGoneHasNoLock() throws Exception {
    StreamLock lost = acquire();
    String held = Files.readString(file);
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    rewrite(held.replaceFirst("\"pid\":\\d+", "\"pid\":" + gone.pid()));
    StreamLock own = acquire();
    own.requireHeld();
    // The same process number, started at another time.
    rewrite(held.replaceFirst("\"started\":\\d+", "\"started\":7"));
    StreamLock last = acquire();
    assertThatThrownBy(own::requireHeld).hasMessageStartingWith(HELD);
    // One that was lost is left to its owner.
    own.close();
    lost.close();
    last.requireHeld();
    last.close();
    assertThat(notes).isEmpty();
  }

  @Test
  @Tag("long")
  void aLockOfAnotherHostIsHeldWhileItIsRenewed() throws Exception {
    String elsewhere = elsewhere();
    rewrite(elsewhere);
    Timer renewing = new Timer(true);
    renewing.schedule(
        new TimerTask() {
          @Override
          public void run() {
            rewrite(elsewhere.replaceFirst("\"renewals\":0", "\"renewals\":1"));
          }
        },
        3_000);
    assertThatThrownBy(this::acquire).hasMessageStartingWith(HELD).hasMessageContaining("on far);");
    assertThat(notes).singleElement().asString().startsWith("A call on far held the checkpoint ");
  }

  @Test
  @Tag("long")
  void aLockOfAnotherHostThatIsNotRenewedIsTaken() throws Exception {
    rewrite(elsewhere());
    acquire().close();
    assertThat(notes).hasSize(1);
  }

  private String elsewhere() throws IOException {
    StreamLock lock = acquire();
    String held = Files.readString(file);
    lock.close();
    return held.replaceFirst("\"host\":\"[^\"]*\"", "\"host\":\"far pid:[1]\"");
  }

  private void rewrite(String text) {
    try {
      Files.deleteIfExists(folder.resolve(".lock.json.crc"));
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private StreamLock acquire() {
    Configuration hadoop = new Configuration();
    return StreamLock.acquire(
        new StreamFolder(folder.toString(), hadoop),
        hadoop,
        new Progress() {
          @Override
          public void show(long done, long total, String detail) {}

          @Override
          public void note(String line) {
            notes.add(line);
          }

          @Override
          public void close() {}
        });
  }
}
