package org.smartbert.backbones.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.smartbert.backbones.Downloads;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.InvalidInputException;

/**
 * The hub's plain HTTPS layout: {@code ENDPOINT/REPOSITORY/resolve/REVISION/FILE}, which answers
 * with the commit, the size and the digest of a file, and sends large files to another host. That
 * host does not get the token.
 */
final class HubClient {
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final int MAX_REDIRECTS = 5;
  private static final int ATTEMPTS = 4;

  /** What a connection must have brought for its end not to count as one more failure in a row. */
  private static final long PROGRESS = 1 << 20;

  private static final int BUFFER = 1 << 16;
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

  private final HubSettings settings;
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  HubClient(HubSettings settings) {
    this.settings = settings;
  }

  /**
   * Asks for a file.
   *
   * @return empty if the model has none of that name
   * @throws IOException if the hub cannot be reached
   */
  Optional<RemoteFile> find(HubModel model, String name) throws IOException {
    HttpResponse<Void> answer = describe(address(model, name));
    if (answer.statusCode() == 404 && entryIsMissing(answer)) {
      return Optional.empty();
    }
    requireAllowed(answer, model);
    return Optional.of(
        new RemoteFile(
            name,
            require(answer, name, "X-Repo-Commit"),
            Long.parseLong(require(answer, name, "X-Linked-Size", "Content-Length")),
            digest(require(answer, name, "X-Linked-Etag", "ETag"), name)));
  }

  /** A model that was renamed stays on the same host; a large file is elsewhere. */
  private HttpResponse<Void> describe(URI address) throws IOException {
    HttpResponse<Void> answer = send(head(address), BodyHandlers.discarding());
    for (int i = 0; i < MAX_REDIRECTS && movedOnHub(answer); i++) {
      answer = send(head(target(answer)), BodyHandlers.discarding());
    }
    return answer;
  }

  /** The first of some headers that the answer has. */
  private String require(HttpResponse<?> answer, String name, String... headers) {
    return Arrays.stream(headers)
        .flatMap(header -> header(answer, header).stream())
        .findFirst()
        .orElseThrow(() -> notAHub(name, headers[headers.length - 1]));
  }

  private String digest(String tag, String name) {
    String digest = tag.replaceFirst("^W/", "").replace("\"", "");
    if (!DIGEST.matcher(digest).matches()) {
      throw notAHub(name, "ETag");
    }
    return digest;
  }

  /**
   * Downloads a file; what {@code part} holds already is not asked for again.
   *
   * @throws IOException if the hub breaks the connection several times in a row, or stops sending
   *     as often
   */
  void download(HubModel model, RemoteFile file, Path part, Downloads downloads)
      throws IOException {
    URI address = address(new HubModel(model.repository(), file.commit()), file.name());
    int timeouts = 0;
    int failures = 0;
    while (true) {
      long before = size(part);
      try {
        append(address, model, file, part, downloads);
        return;
      } catch (IOException e) {
        // Each timeout is waited for, so that they count however much arrived between them.
        timeouts += e instanceof HttpTimeoutException ? 1 : 0;
        failures = size(part) - before >= PROGRESS ? 1 : failures + 1;
        if (Math.max(timeouts, failures) == ATTEMPTS) {
          throw new IOException(
              String.format(
                  Locale.ROOT,
                  "%s: %s, with %,d of %,d bytes here",
                  file.name(),
                  e.getMessage(),
                  size(part),
                  file.size()),
              e);
        }
        pause(failures);
      }
    }
  }

  private static long size(Path part) throws IOException {
    return Files.exists(part) ? Files.size(part) : 0;
  }

  private void append(URI address, HubModel model, RemoteFile file, Path part, Downloads downloads)
      throws IOException {
    long have = size(part);
    if (have > file.size()) {
      Files.delete(part);
      have = 0;
    }
    if (have == file.size()) {
      return;
    }
    HttpResponse<InputStream> answer = get(address, have);
    requireAllowed(answer, model);
    boolean continued = answer.statusCode() == 206;
    try (InputStream in = new TimedBody(answer.body(), settings.timeout());
        OutputStream out =
            Files.newOutputStream(
                part,
                StandardOpenOption.CREATE,
                continued ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
      long written = continued ? have : 0;
      byte[] buffer = new byte[BUFFER];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
        written += read;
        downloads.show("Downloading " + file.name(), written, file.size());
      }
      if (written < file.size()) {
        throw new IOException("the connection ended");
      }
    }
  }

  private HttpResponse<InputStream> get(URI address, long from) throws IOException {
    URI at = address;
    for (int i = 0; i < MAX_REDIRECTS; i++) {
      HttpRequest.Builder request = request(at).GET();
      if (from > 0) {
        request.header("Range", "bytes=" + from + "-");
      }
      HttpResponse<InputStream> answer = send(request.build(), BodyHandlers.ofInputStream());
      if (answer.statusCode() / 100 != 3) {
        return answer;
      }
      answer.body().close();
      at = target(answer);
    }
    throw new IOException("the hub redirects in a circle: " + address);
  }

  private static URI target(HttpResponse<?> answer) throws IOException {
    String location =
        header(answer, "Location")
            .orElseThrow(() -> new IOException("the hub redirects to nowhere: " + answer.uri()));
    return answer.uri().resolve(location);
  }

  private boolean movedOnHub(HttpResponse<?> answer) throws IOException {
    return answer.statusCode() / 100 == 3 && onHub(target(answer));
  }

  private boolean onHub(URI address) {
    return settings.endpoint().getScheme().equals(address.getScheme())
        && settings.endpoint().getHost().equals(address.getHost())
        && settings.endpoint().getPort() == address.getPort();
  }

  private URI address(HubModel model, String name) {
    String revision = model.revision().replace("/", "%2F");
    return URI.create(
        settings.endpoint() + "/" + model.repository() + "/resolve/" + revision + "/" + name);
  }

  private HttpRequest head(URI address) {
    return request(address).method("HEAD", HttpRequest.BodyPublishers.noBody()).build();
  }

  private HttpRequest.Builder request(URI address) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .timeout(settings.timeout())
            .header("User-Agent", "smartbert-spark")
            // Sizes and digests are those of the plain bytes.
            .header("Accept-Encoding", "identity");
    if (onHub(address)) {
      settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
    }
    return request;
  }

  private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> body) throws IOException {
    try {
      return http.send(request, body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailedRunException("The download was interrupted.", e);
    }
  }

  private static void pause(int attempt) {
    try {
      Thread.sleep(250L << attempt);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailedRunException("The download was interrupted.", e);
    }
  }

  private static Optional<String> header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name);
  }

  /** A model or a revision that is not there has another code than a file of it. */
  private static boolean entryIsMissing(HttpResponse<?> answer) {
    return header(answer, "X-Error-Code").map("EntryNotFound"::equals).orElse(true);
  }

  private void requireAllowed(HttpResponse<?> answer, HubModel model) throws IOException {
    int status = answer.statusCode();
    if (status == 401 || status == 403) {
      throw new InvalidInputException(
          "%s answers %d for %s: there is no such model, or it is not open to %s; look at its name,"
              + " accept its conditions on the hub, and set HF_TOKEN.",
          settings.endpoint(),
          status,
          model,
          settings.token().isPresent() ? "your token" : "everybody");
    }
    if (status == 404) {
      throw new InvalidInputException(
          "%s has no model %s; look at its name and revision.", settings.endpoint(), model);
    }
    if (status == 416 || status / 100 == 5 || status == 429) {
      throw new IOException("the hub answers " + status);
    }
    if (status / 100 == 4) {
      throw new InvalidInputException(
          "%s answers %d for %s; see whether HF_ENDPOINT is a hub.",
          settings.endpoint(), status, model);
    }
  }

  private InvalidInputException notAHub(String name, String header) {
    return new InvalidInputException(
        "%s answered without the header %s for %s, so that it is no hub; see HF_ENDPOINT.",
        settings.endpoint(), header, name);
  }
}
