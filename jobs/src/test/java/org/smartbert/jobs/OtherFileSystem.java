package org.smartbert.jobs;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * A file system that is not the local one: {@code other://store/models/a} is the file models/a of a
 * folder that the configuration names. What takes the path for a local one writes elsewhere.
 */
public final class OtherFileSystem extends RawLocalFileSystem {
  /** Its address, as {@code hdfs://namenode} is. */
  public static final String ADDRESS = "other://store";

  private static final URI STORE = URI.create(ADDRESS);
  private static final String ROOT = "fs.other.root";

  private File root = new File("no-root");

  /** Hadoop's settings that make the scheme known. */
  public static Map<String, String> settings(java.nio.file.Path root) {
    return Map.of(
        "fs.other.impl",
        OtherFileSystem.class.getName(),
        "fs.other.impl.disable.cache",
        "true",
        ROOT,
        root.toString());
  }

  @Override
  public void initialize(URI address, Configuration hadoop) throws IOException {
    super.initialize(address, hadoop);
    root = new File(hadoop.get(ROOT));
  }

  @Override
  public URI getUri() {
    return STORE;
  }

  @Override
  public String getScheme() {
    return STORE.getScheme();
  }

  @Override
  public File pathToFile(Path path) {
    return new File(root, super.pathToFile(path).getPath());
  }

  /** With the path that was asked for; the local file system's would be the file's own. */
  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    File file = pathToFile(path);
    if (!file.exists()) {
      throw new FileNotFoundException("File " + path + " does not exist");
    }
    return new FileStatus(
        file.length(),
        file.isDirectory(),
        1,
        getDefaultBlockSize(path),
        file.lastModified(),
        makeQualified(path));
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    return getFileStatus(path).isFile()
        ? new FileStatus[] {getFileStatus(path)}
        : super.listStatus(path);
  }
}
