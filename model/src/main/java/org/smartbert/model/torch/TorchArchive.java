package org.smartbert.model.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes TorchScript source as the archive that libtorch loads: a zip of stored entries. The
 * archive's one object is a module without parameters, so its pickle is a constant of 40 bytes that
 * libtorch's own unpickler reads; nothing is ever unpickled in Java.
 */
final class TorchArchive {
  private static final String HEAD =
      """
      class M(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
      """;

  /**
   * libtorch's numbers of the types of tensors (c10::ScalarType), which source of an archive takes.
   */
  private static final Map<String, Integer> SCALAR_TYPES =
      Map.of(
          "UINT8",
          0,
          "INT8",
          1,
          "INT32",
          3,
          "INT64",
          4,
          "FLOAT32",
          6,
          "FLOAT64",
          7,
          "QUINT8",
          13,
          "BFLOAT16",
          15);

  private static final Pattern NAME = Pattern.compile("\\b[A-Z]+[0-9]+\\b");

  private TorchArchive() {}

  /**
   * The archive of a module whose methods are {@code methods}, indented by two spaces, with names
   * for the types of tensors.
   */
  static byte[] of(String methods) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      store(zip, "m/data.pkl", emptyModule());
      store(
          zip, "m/code/__torch__.py", (HEAD + numbered(methods)).getBytes(StandardCharsets.UTF_8));
      store(zip, "m/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
      store(zip, "m/version", "10\n".getBytes(StandardCharsets.US_ASCII));
    }
    return bytes.toByteArray();
  }

  private static String numbered(String methods) {
    return NAME.matcher(methods)
        .replaceAll(
            name ->
                SCALAR_TYPES.containsKey(name.group())
                    ? SCALAR_TYPES.get(name.group()).toString()
                    : Matcher.quoteReplacement(name.group()));
  }

  /** Pickle protocol 2: an object of class __torch__.M with the state {"training": False}. */
  private static byte[] emptyModule() {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.writeBytes(new byte[] {(byte) 0x80, 2});
    pickle.writeBytes("c__torch__\nM\n".getBytes(StandardCharsets.US_ASCII));
    pickle.writeBytes(new byte[] {')', (byte) 0x81, '}', '(', 'X', 8, 0, 0, 0});
    pickle.writeBytes("training".getBytes(StandardCharsets.US_ASCII));
    pickle.writeBytes(new byte[] {(byte) 0x89, 'u', 'b', '.'});
    return pickle.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCompressedSize(content.length);
    entry.setCrc(crc.getValue());
    // A fixed time keeps the archive's bytes the same from run to run.
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
