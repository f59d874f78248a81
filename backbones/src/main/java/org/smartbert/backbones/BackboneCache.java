package org.smartbert.backbones;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.InvalidInputException;

/**
 * Backbones that were downloaded and converted, each a Hugging Face directory. Processes that get
 * the same one at once wait for each other.
 *
 * @param folder with a directory for each backbone
 * @param maven the command of the Maven that downloads
 */
public record BackboneCache(Path folder, List<String> maven) {
  private static final String COMPLETE = "model.safetensors";
  private static final Object IN_THIS_PROCESS = new Object();

  /**
   * The user's cache: {@code SMARTBERT_CACHE}, {@code XDG_CACHE_HOME/smartbert} or {@code
   * ~/.cache/smartbert}, below it {@code backbones}.
   */
  public static BackboneCache ofUser(Map<String, String> environment) {
    Path root =
        Optional.ofNullable(environment.get("SMARTBERT_CACHE"))
            .map(Path::of)
            .or(
                () ->
                    Optional.ofNullable(environment.get("XDG_CACHE_HOME"))
                        .map(cache -> Path.of(cache, "smartbert")))
            .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache", "smartbert"));
    return new BackboneCache(root.resolve("backbones"), List.of("mvn"));
  }

  /** The directory of a backbone, if it is there. */
  public Optional<Path> find(Backbone backbone) {
    Path directory = folder.resolve(backbone.name());
    return Files.exists(directory.resolve(COMPLETE)) ? Optional.of(directory) : Optional.empty();
  }

  /**
   * The directory of a backbone, downloaded and converted if it is not there.
   *
   * @throws InvalidInputException where the cache cannot be written, or the jar is damaged
   * @throws FailedRunException if the jar cannot be downloaded
   */
  public Path get(Backbone backbone, Downloads downloads) {
    Optional<Path> cached = find(backbone);
    if (cached.isPresent()) {
      return cached.get();
    }
    try {
      Files.createDirectories(folder);
      Path lock = folder.resolve("." + backbone.name() + ".lock");
      // A file lock is the process's; threads of one process wait for each other here.
      synchronized (IN_THIS_PROCESS) {
        try (FileChannel channel =
                FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock held = channel.lock()) {
          if (held.isValid() && find(backbone).isEmpty()) {
            convert(backbone, downloads);
          }
        }
      }
      return folder.resolve(backbone.name());
    } catch (AccessDeniedException e) {
      throw new InvalidInputException(
          e, "The cache %s cannot be written; set SMARTBERT_CACHE to another folder.", folder);
    } catch (IOException e) {
      throw failed(backbone, e);
    } catch (UncheckedIOException e) {
      throw failed(backbone, e.getCause());
    }
  }

  private FailedRunException failed(Backbone backbone, IOException e) {
    return new FailedRunException(
        "The backbone "
            + backbone.name()
            + " could not be written to "
            + folder
            + " ("
            + e.getMessage()
            + "); free space there, or set SMARTBERT_CACHE to another folder.",
        e);
  }

  private void convert(Backbone backbone, Downloads downloads) throws IOException {
    // One that was killed left its files there.
    Path scratch = folder.resolve("." + backbone.name() + ".writing");
    Unpacked.delete(scratch);
    Files.createDirectory(scratch);
    try {
      Path jar = new MavenJars(maven).copy(backbone.jar(), scratch, downloads);
      downloads.show("Converting " + backbone.name(), 0, 1);
      BackboneImport converter =
          new BackboneImport(
              OptionalInt.of(backbone.sizes().heads()),
              Optional.of(backbone.sizes().lowerCase()),
              backbone.readme());
      Path converted = scratch.resolve("converted");
      converter.run(jar, converted);
      Files.move(converted, folder.resolve(backbone.name()), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Unpacked.delete(scratch);
    }
  }
}
