package org.smartbert.jobs.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.smartbert.jobs.sync.Handshake.Purpose;

/** What a worker takes from a connection: the right secret, the right rank, whole frames. */
@Timeout(60)
class HandshakeAndFramesTest {
  @Test
  void aPeerWithAnotherSecretIsRefusedByBothSides() throws Exception {
    Handshake ours = new Handshake(RunSecret.draw(), 2000);
    Handshake theirs = new Handshake(RunSecret.draw(), 2000);
    try (PeerListener listener = PeerListener.open("127.0.0.1", ours, 1);
        SocketChannel channel =
            SocketChannel.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port()))) {
      assertThatThrownBy(() -> theirs.introduce(channel, 1, 0, Purpose.VALUES))
          .hasMessage("it does not know the run's secret");
      assertThatThrownBy(() -> listener.await(Purpose.VALUES, Duration.ofMillis(300)))
          .isInstanceOf(PeerLostException.class)
          .hasMessage("Rank 1 did not connect within 300 ms.");
    }
  }

  @Test
  void aWrongRankIsDropped() throws Exception {
    Handshake handshake = new Handshake(RunSecret.draw(), 2000);
    try (PeerListener listener = PeerListener.open("127.0.0.1", handshake, 1);
        SocketChannel channel =
            SocketChannel.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port()))) {
      handshake.introduce(channel, 7, 0, Purpose.VALUES);
      assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
  }

  @Test
  void aFrameThatClaimsTwoGigabytesEndsTheConnectionUnread() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      try (SocketChannel from = SocketChannel.open(server.getLocalAddress());
          SocketChannel to = server.accept()) {
        from.write(
            ByteBuffer.allocate(FrameWriter.HEADER_BYTES)
                .putInt(Integer.MAX_VALUE)
                .putLong(0)
                .flip());
        FrameReader reader = new FrameReader(to, null);
        reader.start(1000, (payload, offset) -> {});
        assertThatThrownBy(reader::read)
            .isInstanceOf(IOException.class)
            .hasMessage(
                "a frame claims 2147483647 bytes and number 0 where 1000 bytes and number 0 are"
                    + " expected");
      }
    }
  }

  @Test
  void aFrameThatWasChangedOnTheWayIsNotTaken() throws Exception {
    byte[] key = new byte[16];
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      try (SocketChannel from = SocketChannel.open(server.getLocalAddress());
          SocketChannel to = server.accept()) {
        ByteBuffer header = ByteBuffer.allocate(12).putInt(8).putLong(0).flip();
        ByteBuffer sealed = ByteBuffer.allocate(24);
        FrameCipher.encrypting(key).apply(0, header, ByteBuffer.allocate(8), sealed);
        sealed.put(3, (byte) (sealed.get(3) ^ 1)).flip();
        from.write(new ByteBuffer[] {header, sealed});
        FrameReader reader = new FrameReader(to, FrameCipher.decrypting(key));
        reader.start(8, (payload, offset) -> {});
        assertThatThrownBy(reader::read).hasMessageContaining("a frame is not what was sent");
      }
    }
  }
}
