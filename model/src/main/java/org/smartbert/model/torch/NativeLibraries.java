package org.smartbert.model.torch;

import ai.djl.engine.Engine;
import ai.djl.util.Utils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smartbert.model.FailedRunException;

/**
 * Where the native libraries of libtorch and of the tokenizers are unpacked: in {@code
 * DJL_CACHE_DIR}, which the driver gives to all executors. The user that an executor runs as may
 * not be allowed to write there, as in the driver's home; it then gets a folder of its own in
 * {@code java.io.tmpdir}.
 */
public final class NativeLibraries {
  private static final Logger log = LoggerFactory.getLogger(NativeLibraries.class);

  private static final String WANTED = "DJL_CACHE_DIR";

  /** DJL looks at it first; a system property where the environment has none. */
  private static final String OVERRIDE = "ENGINE_CACHE_DIR";

  private static final String USER = "unix:uid";

  private static boolean located;

  private NativeLibraries() {}

  /** libtorch, loaded by the first call. */
  static Engine libtorch() {
    locate();
    return Engine.getEngine("PyTorch");
  }

  /**
   * Loads libtorch, if that was not done before.
   *
   * @throws FailedRunException if there is no folder to unpack it into
   */
  public static void load() {
    libtorch();
  }

  /**
   * Finds the folder for what is unpacked; called before any native library is loaded.
   *
   * @throws FailedRunException if there is none
   */
  public static synchronized void locate() {
    if (located) {
      return;
    }
    String wanted = setting(WANTED);
    if (!wanted.isEmpty() && setting(OVERRIDE).isEmpty()) {
      choose(wanted);
    }
    located = true;
  }

  private static void choose(String wanted) {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    Optional<Path> other = instead(Path.of(wanted), temporary);
    other.ifPresent(
        folder -> {
          log.warn(
              "{} is {}, which the user of this process cannot write; native libraries are unpacked"
                  + " into {}.",
              WANTED,
              wanted,
              folder);
          System.setProperty(OVERRIDE, folder.toString());
        });
  }

  private static String setting(String name) {
    return Optional.ofNullable(Utils.getEnvOrSystemProperty(name)).orElse("");
  }

  /**
   * What is used in a folder's place; empty where the folder can be used.
   *
   * @param temporary where a folder of this user's own may be made
   */
  static Optional<Path> instead(Path wanted, Path temporary) {
    if (holdsLibtorch(wanted) || canBeWritten(wanted)) {
      return Optional.empty();
    }
    try {
      Object user = Files.getAttribute(Path.of("/proc/self"), USER);
      Path folder = temporary.resolve("smartbert-" + user);
      makePrivate(folder);
      // Libraries are loaded from there: nobody else may have made it.
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
          || !Files.getAttribute(folder, USER, LinkOption.NOFOLLOW_LINKS).equals(user)) {
        throw new FailedRunException(
            "There is no folder for libtorch's files: "
                + WANTED
                + " is "
                + wanted
                + ", which cannot be written, and "
                + folder
                + " belongs to another user; set spark.executorEnv."
                + WANTED
                + " to a folder that the executors' user may write.");
      }
      return Optional.of(folder.resolve("djl"));
    } catch (IOException e) {
      throw new UncheckedIOException("No folder for native libraries in " + temporary, e);
    }
  }

  private static void makePrivate(Path folder) throws IOException {
    try {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      log.debug("{} is there.", folder, e);
    }
  }

  /** A filled folder may be read-only. */
  private static boolean holdsLibtorch(Path folder) {
    Path libraries = folder.resolve("pytorch");
    if (!Files.isReadable(libraries)) {
      return false;
    }
    try (Stream<Path> files = Files.walk(libraries, 2)) {
      return files.anyMatch(file -> file.toString().contains(".so"));
    } catch (IOException | UncheckedIOException e) {
      log.debug("{} cannot be listed.", libraries, e);
      return false;
    }
  }

  private static boolean canBeWritten(Path folder) {
    try {
      Files.createDirectories(folder);
      return Files.isWritable(folder);
    } catch (IOException e) {
      log.debug("{} cannot be made.", folder, e);
      return false;
    }
  }
}
