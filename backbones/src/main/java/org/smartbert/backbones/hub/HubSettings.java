package org.smartbert.backbones.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Quoted;

/**
 * Where the hub is, as Hugging Face's own programs read it from the environment.
 *
 * @param endpoint {@code HF_ENDPOINT}, or https://huggingface.co
 * @param token {@code HF_TOKEN}, or the file {@code token} in {@code HF_HOME}
 * @param cache {@code HF_HUB_CACHE}, or {@code hub} in {@code HF_HOME}, which is only read
 * @param offline {@code HF_HUB_OFFLINE}
 * @param timeout how long an answer, or the next bytes of one, may take: {@code
 *     HF_HUB_DOWNLOAD_TIMEOUT} in seconds, or a minute
 */
public record HubSettings(
    URI endpoint, Optional<String> token, Path cache, boolean offline, Duration timeout) {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(1);

  /**
   * Reads the environment.
   *
   * @throws InvalidInputException if HF_ENDPOINT is no address, HF_HUB_DOWNLOAD_TIMEOUT no number
   *     of seconds, or the token none
   */
  public static HubSettings of(Map<String, String> environment) {
    Path home =
        value(environment, "HF_HOME")
            .map(Path::of)
            .or(() -> value(environment, "XDG_CACHE_HOME").map(x -> Path.of(x, "huggingface")))
            .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache", "huggingface"));
    return new HubSettings(
        endpoint(value(environment, "HF_ENDPOINT").orElse("https://huggingface.co")),
        value(environment, "HF_TOKEN")
            .map(token -> sendable(token, "the environment's HF_TOKEN"))
            .or(() -> stored(home.resolve("token"))),
        value(environment, "HF_HUB_CACHE").map(Path::of).orElse(home.resolve("hub")),
        value(environment, "HF_HUB_OFFLINE")
            .filter(flag -> !flag.equals("0") && !flag.equalsIgnoreCase("false"))
            .isPresent(),
        value(environment, "HF_HUB_DOWNLOAD_TIMEOUT")
            .map(HubSettings::seconds)
            .orElse(DEFAULT_TIMEOUT));
  }

  private static Duration seconds(String text) {
    // Up to a day.
    if (!text.matches("[1-9]\\d{0,4}")) {
      throw new InvalidInputException(
          "HF_HUB_DOWNLOAD_TIMEOUT is %s; give a whole number of seconds above 0.",
          Quoted.of(text));
    }
    return Duration.ofSeconds(Long.parseLong(text));
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name))
        .map(String::strip)
        .filter(text -> !text.isEmpty());
  }

  private static URI endpoint(String text) {
    try {
      URI address = URI.create(text.replaceFirst("/+$", ""));
      if (address.getHost() != null && address.getScheme().matches("https?")) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      throw notAnAddress(text);
    }
    throw notAnAddress(text);
  }

  private static InvalidInputException notAnAddress(String text) {
    return new InvalidInputException(
        "HF_ENDPOINT is %s; give an address such as https://huggingface.co.", text);
  }

  private static Optional<String> stored(Path file) {
    try {
      return Optional.of(Files.readString(file).strip())
          .filter(text -> !text.isEmpty())
          .map(token -> sendable(token, file.toString()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new InvalidInputException(
          e, "The token in %s cannot be read; set HF_TOKEN, or remove the file.", file);
    }
  }

  /** The HTTP client's own message would quote the token. */
  private static String sendable(String token, String place) {
    if (!token.matches("[!-~]+")) {
      throw new InvalidInputException(
          "The token in %s holds a space, a line break or another character that no token has;"
              + " copy it again.",
          place);
    }
    return token;
  }

  /** Without the token, which belongs into no log. */
  @Override
  public String toString() {
    return endpoint + ", cache " + cache;
  }
}
