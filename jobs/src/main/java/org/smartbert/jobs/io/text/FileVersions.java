package org.smartbert.jobs.io.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The version of an input that is files: it changes when they change. Up to 256 MB in all their
 * names and contents are compared, so that a file that was restored is the same again; above, where
 * reading them twice would cost, their names, lengths and times.
 */
public final class FileVersions {
  private static final long COMPARED_BYTES = 256L << 20;
  private static final int BUFFER = 1 << 20;
  private static final int DIGITS = 12;

  private FileVersions() {}

  /**
   * A digest of the files.
   *
   * @param files in an order that stays the same
   */
  public static String of(List<Path> files, Configuration hadoop) {
    try {
      return digest(files, hadoop);
    } catch (IOException e) {
      throw new UncheckedIOException("The input's files could not be read", e);
    }
  }

  private static String digest(List<Path> files, Configuration hadoop) throws IOException {
    MessageDigest digest = sha256();
    long total = 0;
    for (Path file : files) {
      total += status(file, hadoop).getLen();
    }
    for (Path file : files) {
      FileStatus status = status(file, hadoop);
      add(digest, file + "\n" + status.getLen() + "\n");
      if (total > COMPARED_BYTES) {
        add(digest, status.getModificationTime() + "\n");
      } else {
        addContent(digest, file, hadoop);
      }
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
  }

  private static FileStatus status(Path file, Configuration hadoop) throws IOException {
    return file.getFileSystem(hadoop).getFileStatus(file);
  }

  private static void addContent(MessageDigest digest, Path file, Configuration hadoop)
      throws IOException {
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = file.getFileSystem(hadoop).open(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
  }

  private static void add(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
