package org.smartbert.jobs.metastore;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * A session's connection to a {@link MetastoreServer}, which keeps it up while it is open. The
 * session sends a random number and the server answers with its proof, so that a port that the
 * system has since given to another process is distinguished from the server's.
 */
final class ServerSession implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 10_000;

  private final Socket socket;
  private final ServerState server;

  private ServerSession(Socket socket, ServerState server) {
    this.socket = socket;
    this.server = server;
  }

  /** The IPv4 loopback: "localhost" may also be another address, where another process listens. */
  static InetAddress address() throws IOException {
    return InetAddress.getByAddress("127.0.0.1", new byte[] {127, 0, 0, 1});
  }

  /** Connects to the server that a state describes; empty if it is not there any more. */
  static Optional<ServerSession> connect(ServerState server) throws IOException {
    byte[] nonce = new byte[ServerState.PROOF_BYTES];
    new SecureRandom().nextBytes(nonce);
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(address(), server.sessionPort()), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write(nonce);
      byte[] proof = socket.getInputStream().readNBytes(ServerState.PROOF_BYTES);
      if (MessageDigest.isEqual(proof, server.proof(nonce))) {
        return Optional.of(new ServerSession(socket, server));
      }
    } catch (IOException e) {
      // Killed, or somebody else who says nothing or something else: no server of ours.
    }
    socket.close();
    return Optional.empty();
  }

  /**
   * The server's side: proves itself, and returns when the session has ended.
   *
   * @throws IOException if the session was killed, or is none
   */
  static void serve(Socket socket, ServerState server) throws IOException {
    socket.setSoTimeout(TIMEOUT_MILLIS);
    byte[] nonce = socket.getInputStream().readNBytes(ServerState.PROOF_BYTES);
    if (nonce.length < ServerState.PROOF_BYTES) {
      return;
    }
    socket.getOutputStream().write(server.proof(nonce));
    socket.setSoTimeout(0);
    // A session says nothing more; the end of its stream is its end.
    socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
  }

  /** A socket that listens for sessions. */
  static ServerSocket listen() throws IOException {
    int backlog = 50;
    return new ServerSocket(0, backlog, address());
  }

  ServerState server() {
    return server;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
