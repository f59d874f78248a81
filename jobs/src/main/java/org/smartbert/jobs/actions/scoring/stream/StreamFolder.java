package org.smartbert.jobs.actions.scoring.stream;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.execution.streaming.checkpointing.CheckpointFileManager;
import org.smartbert.jobs.io.StorageFailure;
import org.smartbert.model.InvalidInputException;

/**
 * The folder of a checkpoint: our state beside Spark's checkpoint.
 *
 * @param location absolute
 */
record StreamFolder(String location, Configuration hadoop) {
  private static final String STATE = "job.json";

  /** Spark's checkpoint. */
  String spark() {
    return location + "/spark";
  }

  /**
   * The state; empty where no call has begun.
   *
   * @throws InvalidInputException for a state that cannot be read
   */
  Optional<StreamState> read() {
    Path path = new Path(location, STATE);
    try (FSDataInputStream in = path.getFileSystem(hadoop).open(path)) {
      return Optional.of(StreamState.parse(in.readAllBytes()));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidInputException(
          e,
          "The checkpoint %s cannot be read (%s); give the folder that score --incremental made, or"
              + " a new one.",
          location,
          StorageFailure.line(e));
    }
  }

  /**
   * Refuses a folder that something else lies in.
   *
   * @throws InvalidInputException for a file, and for a folder that is not empty
   */
  void requireFree() {
    Path path = new Path(location);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      if (!files.exists(path)) {
        return;
      }
      boolean empty =
          files.getFileStatus(path).isDirectory()
              && Arrays.stream(files.listStatus(path))
                  .allMatch(file -> file.getPath().getName().startsWith("."));
      if (!empty) {
        throw new InvalidInputException(
            "The checkpoint %s exists and was not made by score --incremental; give a folder that"
                + " is empty or does not exist.",
            location);
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /**
   * Writes the state, unless another call was faster.
   *
   * @return the state that is there
   */
  StreamState write(StreamState state) {
    Path folder = new Path(location);
    try {
      CheckpointFileManager files = CheckpointFileManager.create(folder, hadoop);
      files.mkdirs(folder);
      CheckpointFileManager.CancellableFSDataOutputStream out =
          files.createAtomic(new Path(folder, STATE), false);
      try {
        out.write(state.json());
        out.close();
        return state;
      } catch (FileAlreadyExistsException e) {
        return read().orElseThrow();
      } finally {
        // Does nothing after a close; otherwise no part of the state stays.
        out.cancel();
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private InvalidInputException unwritable(IOException cause) {
    return new InvalidInputException(
        cause,
        "The checkpoint %s cannot be written (%s); give another --checkpoint, or request write"
            + " access.",
        location,
        StorageFailure.line(cause));
  }
}
