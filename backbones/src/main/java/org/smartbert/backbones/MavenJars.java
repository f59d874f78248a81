package org.smartbert.backbones;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.InvalidInputException;

/**
 * Gets jars by the Maven that builds the project, because that one has all of the user's settings:
 * mirrors, proxies, credentials and the local repository.
 *
 * @param maven the command, for example {@code mvn}
 */
public record MavenJars(List<String> maven) {
  private static final String PLUGIN =
      "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";
  private static final Pattern PROGRESS =
      Pattern.compile("Progress \\(\\d+\\): (?:.* \\()?([0-9.]+)/([0-9.]+) (k|M)B");
  private static final int KEPT_LINES = 200;

  /**
   * Copies a jar to a folder and verifies it.
   *
   * @param folder that exists
   * @return the jar's path
   * @throws FailedRunException if Maven cannot get it
   * @throws InvalidInputException if it is not the jar that its SHA-256 names
   */
  public Path copy(MavenJar jar, Path folder, Downloads downloads) throws IOException {
    run(jar, folder, downloads);
    Path file = folder.resolve(jar.fileName());
    if (!Files.exists(file)) {
      throw new FailedRunException(
          "Maven did not copy the jar " + jar.coordinates() + " to " + folder + ".");
    }
    String digest = sha256(file);
    if (!digest.equals(jar.sha256())) {
      throw new InvalidInputException(
          "The jar %s has the SHA-256 %s and not %s, so that it is damaged or another one; delete"
              + " %s in your local Maven repository and try again.",
          jar.coordinates(), digest, jar.sha256(), jar.folder());
    }
    return file;
  }

  private void run(MavenJar jar, Path folder, Downloads downloads) throws IOException {
    List<String> command = new java.util.ArrayList<>(maven);
    command.addAll(
        List.of(PLUGIN, "-Dartifact=" + jar.coordinates(), "-DoutputDirectory=" + folder));
    ProcessBuilder builder = new ProcessBuilder(command);
    // No project of the folder in which the user happens to be.
    builder.directory(folder.toFile()).redirectErrorStream(true);
    builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new InvalidInputException(
          e,
          "%s, which downloads the jar %s, could not be started (%s); install Maven 3.8 or newer,"
              + " or run this command on a machine that has it and copy the folder that it writes.",
          maven.get(0),
          jar.coordinates(),
          e.getMessage());
    }
    Deque<String> lines = new ArrayDeque<>();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      // BufferedReader ends lines at carriage returns too, which Maven's progress ends with.
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        Matcher progress = PROGRESS.matcher(line);
        if (progress.find()) {
          downloads.show(
              "Downloading " + jar.fileName(),
              Math.round(Double.parseDouble(progress.group(1))),
              Math.round(Double.parseDouble(progress.group(2))));
        } else if (!line.isBlank()) {
          lines.add(line.strip());
          if (lines.size() > KEPT_LINES) {
            lines.remove();
          }
        }
      }
      if (process.waitFor() != 0) {
        throw new FailedRunException(
            "Maven could not get the jar " + jar.coordinates() + ": " + reason(lines));
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new FailedRunException("The download of " + jar.coordinates() + " was interrupted.");
    } finally {
      process.destroy();
    }
  }

  /** The first line that Maven marks as an error, without its help. */
  private static String reason(Iterable<String> lines) {
    Optional<String> first = Optional.empty();
    for (String line : lines) {
      if (first.isEmpty() && line.startsWith("[ERROR]")) {
        first = Optional.of(line.substring("[ERROR]".length()).strip());
      }
    }
    String reason = first.orElse("it ended without a message");
    return reason.length() > 500 ? reason.substring(0, 500).toString() + "..." : reason;
  }

  static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file);
        DigestInputStream digest =
            new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
      digest.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.getMessageDigest().digest()).toLowerCase(Locale.ROOT);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This Java lacks SHA-256", e);
    }
  }
}
