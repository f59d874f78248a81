package org.smartbert.jobs.sync;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * How two workers find that both know the run's secret, which itself is never sent: each answers
 * the other's random number with a HMAC. All messages have a fixed length, so nothing that a
 * stranger says makes this side allocate.
 */
final class Handshake {
  /** What a connection is for. */
  enum Purpose {
    VALUES(1),
    HEARTBEAT(2);

    private final int code;

    Purpose(int code) {
      this.code = code;
    }

    static Purpose of(int code) throws IOException {
      for (Purpose purpose : values()) {
        if (purpose.code == code) {
          return purpose;
        }
      }
      throw new IOException("it has the unknown purpose " + code);
    }
  }

  private static final long MAGIC = 0x534D415254424552L; // "SMARTBER"
  private static final int HELLO_BYTES = Long.BYTES + 2 * Integer.BYTES + RunSecret.DIGEST_BYTES;
  private static final byte ACCEPTED = 1;
  private static final int KEY_BYTES = 16;

  private final RunSecret secret;
  private final int timeoutMillis;

  /**
   * @param timeoutMillis for each message of the other side
   */
  Handshake(RunSecret secret, int timeoutMillis) {
    this.secret = secret;
    this.timeoutMillis = timeoutMillis;
  }

  /**
   * A connection whose other side belongs to the run.
   *
   * @param sendKey and {@code receiveKey}: AES-128 keys of this connection alone
   */
  record Peer(
      SocketChannel channel, int rank, Purpose purpose, byte[] sendKey, byte[] receiveKey) {}

  /** The side that connects. */
  Peer introduce(SocketChannel channel, int ownRank, int peerRank, Purpose purpose)
      throws IOException {
    channel.socket().setSoTimeout(timeoutMillis);
    byte[] hello = new byte[HELLO_BYTES];
    ByteBuffer.wrap(hello).putLong(MAGIC).putInt(ownRank).putInt(purpose.code).put(nonce());
    DataOutputStream out = new DataOutputStream(channel.socket().getOutputStream());
    DataInputStream in = new DataInputStream(channel.socket().getInputStream());
    out.write(hello);
    byte[] nonce = read(in, RunSecret.DIGEST_BYTES);
    byte[] proof = read(in, RunSecret.DIGEST_BYTES);
    if (!MessageDigest.isEqual(proof, secret.authenticate("acceptor", hello, nonce))) {
      throw new IOException("it does not know the run's secret");
    }
    out.write(secret.authenticate("introducer", hello, nonce));
    if (in.readByte() != ACCEPTED) {
      throw new IOException("it did not accept this worker");
    }
    return new Peer(
        channel,
        peerRank,
        purpose,
        key("to acceptor", hello, nonce),
        key("to introducer", hello, nonce));
  }

  /** The side that was connected to; the peer's rank is what it claims and has proved. */
  Peer receive(SocketChannel channel) throws IOException {
    channel.socket().setSoTimeout(timeoutMillis);
    DataOutputStream out = new DataOutputStream(channel.socket().getOutputStream());
    DataInputStream in = new DataInputStream(channel.socket().getInputStream());
    byte[] hello = read(in, HELLO_BYTES);
    ByteBuffer fields = ByteBuffer.wrap(hello);
    if (fields.getLong() != MAGIC) {
      throw new IOException("it does not speak this protocol");
    }
    int rank = fields.getInt();
    Purpose purpose = Purpose.of(fields.getInt());
    byte[] nonce = nonce();
    out.write(nonce);
    out.write(secret.authenticate("acceptor", hello, nonce));
    byte[] proof = read(in, RunSecret.DIGEST_BYTES);
    if (!MessageDigest.isEqual(proof, secret.authenticate("introducer", hello, nonce))) {
      throw new IOException("it does not know the run's secret");
    }
    out.writeByte(ACCEPTED);
    return new Peer(
        channel,
        rank,
        purpose,
        key("to introducer", hello, nonce),
        key("to acceptor", hello, nonce));
  }

  private byte[] key(String direction, byte[] hello, byte[] nonce) {
    return Arrays.copyOf(secret.authenticate("key " + direction, hello, nonce), KEY_BYTES);
  }

  private static byte[] nonce() {
    byte[] nonce = new byte[RunSecret.DIGEST_BYTES];
    new SecureRandom().nextBytes(nonce);
    return nonce;
  }

  private static byte[] read(DataInputStream in, int length) throws IOException {
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }
}
