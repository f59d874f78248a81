package org.smartbert.jobs.actions.scoring;

import java.io.IOException;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.history.RunsTable;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.model.FailedRunException;

/**
 * Tables that writing is measured with: in a new folder beside the user's tables, because commits
 * are as fast as their storage, and removed at the end.
 */
final class ScratchTables implements AutoCloseable {
  private static final boolean RECURSIVE = true;

  private final JobContext context;
  private final Path root;
  private final Path folder;
  private final boolean rootIsNew;

  private ScratchTables(JobContext context, Path root, boolean rootIsNew) {
    this.context = context;
    this.root = root;
    this.folder = new Path(root, "plan-" + UUID.randomUUID());
    this.rootIsNew = rootIsNew;
  }

  /** Nothing is written yet. */
  static ScratchTables under(JobContext context) {
    Path root = new Path(TableLocation.absolute(context.tablesRoot(), context.spark()));
    try {
      return new ScratchTables(context, root, !files(root, context.hadoop()).exists(root));
    } catch (IOException e) {
      throw failed("reached", root, e);
    }
  }

  private static FileSystem files(Path path, Configuration hadoop) throws IOException {
    return path.getFileSystem(hadoop);
  }

  /** Where rows are written. */
  String scored() {
    return new Path(folder, "scored").toString();
  }

  RunsTable runs() {
    return new RunsTable(context.spark(), folder.toString());
  }

  @Override
  public void close() {
    try {
      FileSystem files = files(folder, context.hadoop());
      files.delete(folder, RECURSIVE);
      if (rootIsNew && files.exists(root) && files.listStatus(root).length == 0) {
        files.delete(root, !RECURSIVE);
      }
    } catch (IOException e) {
      throw failed("removed", folder, e);
    }
  }

  private static FailedRunException failed(String what, Path folder, IOException cause) {
    return new FailedRunException(
        String.format(
            "The folder %s, where plan measures writing, could not be %s (%s); remove it, or give"
                + " another --tables-root.",
            folder, what, cause.getMessage()),
        cause);
  }
}
