package org.smartbert.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.smartbert.jobs.sync.RingSettings.Encryption;
import org.smartbert.jobs.sync.RingSettings.Wire;
import org.smartbert.model.training.GradientSync;

/**
 * The all-reduce between processes against a plain socket copy of the same bytes, in one run: in
 * every repeat the ring sums once, then every process sends to the next one, and receives from the
 * one before it, as many bytes as the ring made it send, with two blocking threads and no
 * arithmetic.
 */
public final class RingBench {
  private static final int REPEATS = 9;
  private static final int WARM_UP = 3;
  private static final int BASE_PORT = 29_000;

  private static final List<Arm> ARMS =
      List.of(
          new Arm(Wire.FLOAT32, Encryption.NONE),
          new Arm(Wire.FLOAT32, Encryption.AES_GCM),
          new Arm(Wire.BFLOAT16, Encryption.NONE));

  private RingBench() {}

  private record Arm(Wire wire, Encryption encryption) {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length > 0 && arguments[0].equals("worker")) {
      work(arguments);
      return;
    }
    System.out.println("| MB | processes | wire | ring, s | socket copy, s | copy / ring |");
    System.out.println("|---|---|---|---|---|---|");
    for (int megabytes : List.of(17, 440)) {
      for (int workers : List.of(2, 4)) {
        for (Arm arm : ARMS) {
          List<String> results =
              Processes.run(
                  RingBench.class,
                  workers,
                  List.of(Integer.toString(megabytes), arm.wire().name(), arm.encryption().name()));
          List<Double> parts = new ArrayList<>();
          for (String part : results.get(0).split(" ", -1)) {
            parts.add(Double.parseDouble(part));
          }
          System.out.printf(
              Locale.ROOT,
              "| %d | %d | %s | %.4f | %.4f | %.2f |%n",
              megabytes,
              workers,
              arm.wire().name().toLowerCase(Locale.ROOT)
                  + (arm.encryption() == Encryption.NONE ? "" : ", encrypted"),
              parts.get(0),
              parts.get(1),
              parts.get(1) / parts.get(0));
        }
      }
    }
  }

  private static void work(String[] arguments) throws Exception {
    int rank = Integer.parseInt(arguments[1]);
    int workers = Integer.parseInt(arguments[2]);
    int bytes = Integer.parseInt(arguments[3]) * 1_000_000;
    Wire wire = Wire.valueOf(arguments[4]);
    Encryption encryption = Encryption.valueOf(arguments[5]);
    ByteBuffer gradient = ByteBuffer.allocateDirect(bytes);
    ExecutorService threads = Executors.newCachedThreadPool();
    List<Double> ring = new ArrayList<>();
    List<Double> copy = new ArrayList<>();
    InetAddress host = InetAddress.getLoopbackAddress();
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(host, BASE_PORT + rank));
      try (GradientSync sync = Processes.join(rank, workers, wire, encryption)) {
        try (SocketChannel next =
                SocketChannel.open(new InetSocketAddress(host, BASE_PORT + (rank + 1) % workers));
            SocketChannel previous = server.accept()) {
          long wireBytes = wire == Wire.FLOAT32 ? bytes : bytes / 2;
          long volume = 2 * wireBytes * (workers - 1) / workers;
          for (int r = 0; r < WARM_UP + REPEATS; r++) {
            double ringSeconds = timed(sync, () -> sync.sum(gradient));
            double copySeconds = timed(sync, () -> copy(next, previous, gradient, volume, threads));
            if (r >= WARM_UP) {
              ring.add(ringSeconds);
              copy.add(copySeconds);
            }
          }
        }
      }
    }
    threads.shutdown();
    Processes.report(Processes.median(ring) + " " + Processes.median(copy));
  }

  private interface Work {
    void run() throws IOException;
  }

  /** From a common start to this process's end. */
  private static double timed(GradientSync sync, Work work) throws IOException {
    sync.sum(new double[1]);
    long started = System.nanoTime();
    work.run();
    return (System.nanoTime() - started) / 1e9;
  }

  /** The next 256 KiB at most, walking through the whole buffer again and again. */
  private static ByteBuffer frame(ByteBuffer all, long done, long rest) {
    ByteBuffer frame = all.duplicate();
    int position = (int) (done % all.capacity());
    int length = (int) Math.min(rest, Math.min(1 << 18, all.capacity() - position));
    return frame.clear().position(position).limit(position + length);
  }

  private static void copy(
      SocketChannel next,
      SocketChannel previous,
      ByteBuffer from,
      long volume,
      ExecutorService threads)
      throws IOException {
    Future<?> sending =
        threads.submit(
            () -> {
              for (long rest = volume; rest > 0; ) {
                ByteBuffer part = frame(from, volume - rest, rest);
                while (part.hasRemaining()) {
                  rest -= next.write(part);
                }
              }
              return null;
            });
    for (long rest = volume; rest > 0; ) {
      ByteBuffer in = frame(from, volume - rest, rest);
      int count = previous.read(in);
      if (count < 0) {
        throw new IOException("The copy's connection was closed");
      }
      rest -= count;
    }
    try {
      sending.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IOException(e);
    }
  }
}
