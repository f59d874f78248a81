package org.smartbert.jobs.samples;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.smartbert.model.InvalidInputException;

/** A file in a jar. */
final class SampleJar {
  /** What is done with the file. */
  interface Reader<T> {
    T read(InputStream in) throws IOException;
  }

  private SampleJar() {}

  /**
   * Reads an entry.
   *
   * @throws InvalidInputException if the jar is damaged or lacks the entry, or its text is not
   *     UTF-8
   */
  static <T> T read(Path jar, String entry, Reader<T> reader) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry found = zip.getEntry(entry);
      if (found == null) {
        throw new InvalidInputException(
            "The jar %s holds no file %s; give the jar that the sample names.", jar, entry);
      }
      try (InputStream in = zip.getInputStream(found)) {
        return reader.read(in);
      }
    } catch (ZipException e) {
      throw new InvalidInputException(
          e, "The jar %s is damaged (%s); get it again.", jar, e.getMessage());
    } catch (CharacterCodingException e) {
      throw new InvalidInputException(
          e, "The file %s of the jar %s is not UTF-8; get it again.", entry, jar);
    }
  }
}
