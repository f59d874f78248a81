package org.smartbert.jobs.actions.scoring.stream;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
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
    Path path = new Path(location, STATE);
    Path partial = new Path(location, "." + STATE + "." + UUID.randomUUID());
    try {
      FileSystem files = path.getFileSystem(hadoop);
      try (FSDataOutputStream out = files.create(partial, true)) {
        out.write(state.json());
      }
      if (!files.exists(path) && files.rename(partial, path)) {
        return state;
      }
      files.delete(partial, false);
    } catch (IOException e) {
      throw unwritable(e);
    }
    return read().orElseThrow();
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
