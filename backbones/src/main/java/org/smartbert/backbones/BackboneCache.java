package org.smartbert.backbones;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
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
      try (FileChannel channel =
              FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        if (find(backbone).isEmpty()) {
          convert(backbone, downloads);
        }
      }
      return folder.resolve(backbone.name());
    } catch (AccessDeniedException e) {
      throw new InvalidInputException(
          e, "The cache %s cannot be written; set SMARTBERT_CACHE to another folder.", folder);
    } catch (FileSystemException e) {
      throw failed(backbone, e);
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
    Path scratch = Files.createTempDirectory(folder, ".downloading-");
    try {
      Path jar = new MavenJars(maven).copy(backbone.jar(), scratch, downloads);
      BackboneImport converter =
          new BackboneImport(
              OptionalInt.of(backbone.sizes().heads()),
              Optional.of(backbone.sizes().lowerCase()),
              backbone.readme());
      converter.run(jar, folder.resolve(backbone.name()));
    } finally {
      Unpacked.delete(scratch);
    }
  }
}
