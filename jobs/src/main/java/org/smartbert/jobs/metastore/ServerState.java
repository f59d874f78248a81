package org.smartbert.jobs.metastore;

import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a running {@link MetastoreServer} publishes to the sessions of its own user, in a file that
 * nobody else may read (mode 0600).
 *
 * @param derbyPort where Derby takes SQL
 * @param sessionPort where sessions register
 * @param password of {@link #USER}, drawn anew by every server
 */
record ServerState(int derbyPort, int sessionPort, String password) {
  /**
   * Derby's default user: the tables of catalogs that were created without authentication are in
   * its schema.
   */
  static final String USER = "APP";

  static final int PROOF_BYTES = 32;

  private static final String FILE = "server.properties";
  private static final String HMAC = "HmacSHA256";

  static String newPassword() {
    byte[] bytes = new byte[PROOF_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Empty where no server says anything, or one of a version without passwords did. */
  static Optional<ServerState> read(Path folder) throws IOException {
    Properties state = new Properties();
    try (var in = Files.newBufferedReader(folder.resolve(FILE))) {
      state.load(in);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    String password = state.getProperty("password", "");
    if (password.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new ServerState(
              Integer.parseInt(state.getProperty("derby.port")),
              Integer.parseInt(state.getProperty("session.port")),
              password));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  void write(Path folder) throws IOException {
    Properties state = new Properties();
    state.setProperty("derby.port", Integer.toString(derbyPort));
    state.setProperty("session.port", Integer.toString(sessionPort));
    state.setProperty("password", password);
    Path temporary = folder.resolve(FILE + ".new");
    Files.deleteIfExists(temporary);
    try (FileChannel channel =
            FileChannel.open(
                temporary,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rw-------")));
        Writer out = Channels.newWriter(channel, StandardCharsets.UTF_8)) {
      state.store(out, null);
    }
    Files.move(temporary, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  static void delete(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(FILE));
  }

  /**
   * The answer to a session's random number, which only a process with the password can compute.
   */
  byte[] proof(byte[] nonce) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(password.getBytes(StandardCharsets.US_ASCII), HMAC));
      return mac.doFinal(nonce);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java lacks " + HMAC, e);
    }
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "ServerState[derbyPort=" + derbyPort + ", sessionPort=" + sessionPort + "]";
  }
}
