package org.smartbert.jobs.actions.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The last step of training: the finished model gets its name, the run's folder goes. */
final class ModelCommit {
  private ModelCommit() {}

  static void rename(TrainingPlan plan, Configuration hadoop) {
    try {
      Path from = new Path(plan.temporary());
      Path to = new Path(plan.output());
      FileSystem files = from.getFileSystem(hadoop);
      boolean recursive = true;
      if (files.exists(to)) {
        // An empty folder, or the command would have been refused.
        files.delete(to, !recursive);
      }
      files.mkdirs(to.getParent());
      if (!files.rename(from, to)) {
        throw new IOException("The file system refused to rename " + from);
      }
      files.delete(new Path(plan.folder()), recursive);
    } catch (IOException e) {
      throw new UncheckedIOException("The model " + plan.output() + " could not be put there", e);
    }
  }
}
