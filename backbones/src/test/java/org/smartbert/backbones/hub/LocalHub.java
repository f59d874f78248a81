package org.smartbert.backbones.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A hub of one model, with a second server for large files, as the real one has. */
public final class LocalHub implements AutoCloseable {
  public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  public static final String REPOSITORY = "acme/tiny";

  private final HttpServer hub = server();
  private final HttpServer storage = server();
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();

  /** Method and path of each request, or STORAGE, the file and its range. */
  public final List<String> requests = Collections.synchronizedList(new ArrayList<>());

  /** The only token that is let in; empty: all are. */
  public volatile String requiredToken = "";

  /** Downloads of large files that are cut off in the middle. */
  final AtomicInteger interruptions = new AtomicInteger();

  /** Downloads of large files that stop in the middle, with the connection left open. */
  final AtomicInteger stalls = new AtomicInteger();

  private final CountDownLatch closed = new CountDownLatch(1);

  /** Answers that stall keep their threads. */
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** Large files are sent with a byte changed. */
  public volatile boolean corrupt;

  public LocalHub() throws IOException {
    hub.createContext("/", this::answer);
    storage.createContext("/", this::send);
    storage.setExecutor(threads);
    hub.start();
    storage.start();
  }

  private static HttpServer server() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + hub.getAddress().getPort());
  }

  public void put(String name, byte[] content) {
    files.put(name, content);
  }

  public void remove(String name) {
    files.remove(name);
  }

  private static boolean large(String name) {
    return name.endsWith(".safetensors");
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      requests.add(exchange.getRequestMethod() + " " + path);
      String token = exchange.getRequestHeaders().getFirst("Authorization");
      if (!requiredToken.isEmpty() && !("Bearer " + requiredToken).equals(token)) {
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      String name = path.substring(path.lastIndexOf('/') + 1);
      String prefix = "/" + REPOSITORY + "/resolve/";
      boolean revision =
          path.equals(prefix + "main/" + name) || path.equals(prefix + COMMIT + "/" + name);
      if (!revision || !files.containsKey(name)) {
        exchange.getResponseHeaders().set("X-Error-Code", problem(path, revision));
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      byte[] content = files.get(name);
      exchange.getResponseHeaders().set("X-Repo-Commit", COMMIT);
      if (large(name)) {
        exchange.getResponseHeaders().set("X-Linked-Size", Integer.toString(content.length));
        exchange.getResponseHeaders().set("X-Linked-Etag", quoted(digest("SHA-256", content)));
        exchange
            .getResponseHeaders()
            .set("Location", "http://127.0.0.1:" + storage.getAddress().getPort() + "/" + name);
        exchange.sendResponseHeaders(302, -1);
        return;
      }
      byte[] head = ("blob " + content.length + "\0").getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("ETag", quoted(digest("SHA-1", head, content)));
      body(exchange, content);
    }
  }

  private static String problem(String path, boolean revision) {
    if (!path.startsWith("/" + REPOSITORY + "/")) {
      return "RepoNotFound";
    }
    return revision ? "EntryNotFound" : "RevisionNotFound";
  }

  private static void body(HttpExchange exchange, byte[] content) throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(content.length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    exchange.sendResponseHeaders(200, content.length);
    exchange.getResponseBody().write(content);
  }

  private void send(HttpExchange exchange) throws IOException {
    try (exchange) {
      String range = exchange.getRequestHeaders().getFirst("Range");
      String name = exchange.getRequestURI().getPath().substring(1);
      requests.add("STORAGE " + name + " " + range);
      if (exchange.getRequestHeaders().containsKey("Authorization")) {
        requests.add("TOKEN SENT TO STORAGE");
      }
      byte[] content = files.get(name).clone();
      if (corrupt) {
        content[content.length - 1] ^= 1;
      }
      int from = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
      byte[] rest = Arrays.copyOfRange(content, from, content.length);
      exchange.sendResponseHeaders(range == null ? 200 : 206, rest.length);
      OutputStream out = exchange.getResponseBody();
      if (interruptions.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        out.write(rest, 0, rest.length / 2);
        out.flush();
        return;
      }
      if (stalls.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        out.write(rest, 0, rest.length / 2);
        out.flush();
        closed.await();
        return;
      }
      out.write(rest);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }

  private static String digest(String algorithm, byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      for (byte[] part : parts) {
        digest.update(part);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    hub.stop(0);
    storage.stop(0);
    threads.shutdownNow();
  }
}
