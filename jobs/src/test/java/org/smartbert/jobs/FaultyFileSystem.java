package org.smartbert.jobs;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** Local files under the scheme {@code faulty}, on a disk that refuses to take more on demand. */
public final class FaultyFileSystem extends RawLocalFileSystem {
  private static final URI ROOT = URI.create("faulty:///");

  /** What writing fails with; null: it does not. */
  private static volatile String fault;

  /** From now on no file is created; null ends it. */
  public static void failWith(String message) {
    fault = message;
  }

  /** Makes the scheme known to a session. */
  public static void register(Configuration hadoop) {
    hadoop.set("fs.faulty.impl", FaultyFileSystem.class.getName());
    hadoop.set("fs.AbstractFileSystem.faulty.impl", Abstract.class.getName());
  }

  @Override
  public URI getUri() {
    return ROOT;
  }

  @Override
  public String getScheme() {
    return "faulty";
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    refuse();
    return super.create(file, permission, overwrite, bufferSize, replication, blockSize, progress);
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    refuse();
    return super.create(file, overwrite, bufferSize, replication, blockSize, progress);
  }

  private static void refuse() throws IOException {
    if (fault != null) {
      throw new IOException(fault);
    }
  }

  /** The same for Hadoop's newer interface, which Delta's log is written through. */
  public static final class Abstract extends DelegateToFileSystem {
    public Abstract(URI uri, Configuration conf) throws IOException, URISyntaxException {
      super(ROOT, new FaultyFileSystem(), conf, "faulty", false);
    }
  }
}
