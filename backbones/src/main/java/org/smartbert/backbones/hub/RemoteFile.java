package org.smartbert.backbones.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file of the hub, as the hub describes it.
 *
 * @param commit the revision's commit
 * @param size in bytes
 * @param digest SHA-256 of a large file; of others git's SHA-1, which covers the size too
 */
record RemoteFile(String name, String commit, long size, String digest) {
  private static final int SHA_256_DIGITS = 64;

  /** Whether a file has the size and the digest. */
  boolean matches(Path file) throws IOException {
    if (Files.size(file) != size) {
      return false;
    }
    boolean large = digest.length() == SHA_256_DIGITS;
    MessageDigest algorithm = algorithm(large ? "SHA-256" : "SHA-1");
    if (!large) {
      algorithm.update(("blob " + size + "\0").getBytes(StandardCharsets.UTF_8));
    }
    try (InputStream in = Files.newInputStream(file);
        OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), algorithm)) {
      in.transferTo(out);
    }
    return HexFormat.of().formatHex(algorithm.digest()).equals(digest);
  }

  private static MessageDigest algorithm(String name) {
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This Java lacks " + name, e);
    }
  }
}
