package org.smartbert.model.calibration;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.checkpoint.ConfigJson;
import org.smartbert.model.io.ModelDirectory;

/** Model directories with a {@link Certificate} in their config.json. */
public final class CertifiedModel {
  private static final String CONFIG = "config.json";
  private static final String KEY = "certificate";

  private CertifiedModel() {}

  /**
   * The certificate of a model; empty where it has none.
   *
   * @throws InvalidInputException for a certificate that cannot be read, or that was made for other
   *     weights
   */
  public static Optional<Certificate> read(Path directory) {
    Optional<Certificate> certificate =
        ConfigJson.ours(directory).flatMap(ours -> ours.object(KEY)).map(CertificateJson::read);
    if (certificate.isPresent()) {
      String digest = ModelDirectory.weightsDigest(directory);
      String certified = certificate.get().evidence().weights();
      if (!digest.equals(certified)) {
        throw new InvalidInputException(
            "The certificate in %s is of other weights (digest %s, the model's is %s); calibrate"
                + " this model, or give --entropy-threshold.",
            directory.resolve(CONFIG), shortened(certified), shortened(digest));
      }
    }
    return certificate;
  }

  private static String shortened(String digest) {
    return digest.substring(0, Math.min(12, digest.length()));
  }

  /**
   * Writes a copy of a model with a certificate in place of any that it has: all other files are
   * the same to the byte, and all other keys of config.json are kept.
   *
   * @param target a directory that does not exist
   */
  public static void write(Path source, Path target, Certificate certificate) {
    try {
      Files.createDirectories(target);
      for (Path file : files(source)) {
        // Not Files.copy to a path, which would keep the source's mode.
        try (OutputStream out = Files.newOutputStream(target.resolve(file.getFileName()))) {
          Files.copy(file, out);
        }
      }
      JsonObject json = CertificateJson.of(certificate);
      Files.writeString(target.resolve(CONFIG), ConfigJson.withOurs(source, KEY, json));
    } catch (IOException e) {
      throw new UncheckedIOException("The model " + target + " could not be written", e);
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .filter(Files::isRegularFile)
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .filter(file -> !file.getFileName().toString().equals(CONFIG))
          .toList();
    }
  }
}
