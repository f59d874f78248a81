package org.smartbert.backbones;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.smartbert.model.InvalidInputException;

/** The files of a folder, a jar or a zip, and of zips in it; the owner of a temporary folder. */
final class Unpacked implements AutoCloseable {
  private static final byte[] ZIP = {'P', 'K', 3, 4};

  /** The files that an import can need; others, such as class files, stay packed. */
  private static final Pattern NEEDED =
      Pattern.compile(
          ".*\\.onnx|.*tokenizer\\.json|.*\\.index|.*\\.data-\\d+-of-\\d+|.*vocab\\.txt"
              + "|.*config\\.json|.*\\.bin|.*\\.safetensors");

  private final Path folder;
  private final boolean temporary;

  private Unpacked(Path folder, boolean temporary) {
    this.folder = folder;
    this.temporary = temporary;
  }

  /**
   * Opens a folder, a file of one, or an archive.
   *
   * @param scratch a folder with room for the unpacked files
   */
  static Unpacked of(Path path, Path scratch) throws IOException {
    if (Files.isDirectory(path)) {
      return new Unpacked(path, false);
    }
    if (!Files.exists(path)) {
      throw new InvalidInputException("%s does not exist.", path);
    }
    if (!isZip(path)) {
      return new Unpacked(path.toAbsolutePath().getParent(), false);
    }
    Unpacked unpacked = new Unpacked(Files.createTempDirectory(scratch, "unpacked-"), true);
    try (InputStream in = Files.newInputStream(path)) {
      unpacked.unpack(in, unpacked.folder, path);
      return unpacked;
    } catch (IOException | RuntimeException e) {
      unpacked.close();
      throw e;
    }
  }

  private static boolean isZip(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(ZIP.length), ZIP);
    }
  }

  private void unpack(InputStream in, Path target, Path archive) throws IOException {
    ZipInputStream zip = new ZipInputStream(in);
    try {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = target.resolve(entry.getName()).normalize();
        if (!file.startsWith(target)) {
          throw new InvalidInputException(
              "The archive %s holds %s, a path outside of it.", archive, entry.getName());
        }
        if (!entry.isDirectory()) {
          unpackFile(zip, file, archive);
        }
      }
    } catch (ZipException | EOFException e) {
      throw new InvalidInputException(
          e, "The archive %s is damaged (%s); get it again.", archive, e.getMessage());
    }
  }

  private void unpackFile(ZipInputStream zip, Path file, Path archive) throws IOException {
    BufferedInputStream content = new BufferedInputStream(zip);
    content.mark(ZIP.length);
    boolean nested = Arrays.equals(content.readNBytes(ZIP.length), ZIP);
    content.reset();
    if (nested) {
      unpack(content, file, archive);
    } else if (NEEDED.matcher(file.toString()).matches()) {
      Files.createDirectories(file.getParent());
      Files.copy(content, file);
    }
  }

  /** The files whose name ends in this, in the order of their paths. */
  List<Path> ending(String suffix) throws IOException {
    try (Stream<Path> files = Files.walk(folder, temporary ? Integer.MAX_VALUE : 2)) {
      return files
          .filter(file -> Files.isRegularFile(file) && file.toString().endsWith(suffix))
          .sorted()
          .toList();
    }
  }

  @Override
  public void close() throws IOException {
    if (temporary) {
      delete(folder);
    }
  }

  /** Removes a folder and all that is in it, if it is there. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
