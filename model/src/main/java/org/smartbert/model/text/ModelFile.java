package org.smartbert.model.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.smartbert.model.InvalidInputException;

/** Reads the files of a tokenizer, which are UTF-8 with or without a byte order mark. */
final class ModelFile {
  private ModelFile() {}

  /** A file's bytes without the byte order mark. */
  static byte[] bytes(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new InvalidInputException("%s is not a file; copy the model's tokenizer there.", file);
    }
    try {
      byte[] bytes = Files.readAllBytes(file);
      boolean marked =
          bytes.length >= 3
              && bytes[0] == (byte) 0xEF
              && bytes[1] == (byte) 0xBB
              && bytes[2] == (byte) 0xBF;
      return marked ? Arrays.copyOfRange(bytes, 3, bytes.length) : bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(file + " could not be read", e);
    }
  }

  /** The characters of some bytes, or empty where they are not UTF-8; nothing is replaced. */
  static Optional<String> decoded(byte[] bytes, int from, int to) {
    try {
      ByteBuffer part = ByteBuffer.wrap(bytes, from, to - from);
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(part).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
