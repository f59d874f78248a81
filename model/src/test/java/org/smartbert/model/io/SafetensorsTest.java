package org.smartbert.model.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.InvalidInputException;

class SafetensorsTest {
  @TempDir Path folder;

  @Test
  void whatIsWrittenIsReadBack() {
    Path file = folder.resolve("a.safetensors");
    Safetensors.write(
        file,
        List.of(
            HostTensor.of("b", new float[] {1f, -2.5f, Float.MIN_VALUE, 4f, 5f, 6f}, 2, 3),
            HostTensor.of("a", new float[] {7f}, 1)));
    try (Safetensors read = Safetensors.open(file)) {
      assertThat(read.names()).containsExactly("a", "b");
      assertThat(read.shape("b")).containsExactly(2L, 3L);
      assertThat(read.tensor("b").values().array())
          .containsExactly(1f, -2.5f, Float.MIN_VALUE, 4f, 5f, 6f);
    }
  }

  @Test
  void halvesAreExactWithSubnormalsInfinityAndNan() throws IOException {
    short[] bits = {0x3c00, (short) 0xc000, 0x0001, (short) 0x83ff, 0x7c00, 0x7e00, 0x7bff};
    Path file = file("{\"h\":{\"dtype\":\"F16\",\"shape\":[7],\"data_offsets\":[0,14]}}", bits);
    try (Safetensors read = Safetensors.open(file)) {
      float[] values = read.tensor("h").values().array();
      assertThat(values)
          .containsExactly(
              1f, -2f, 0x1p-24f, -1023 * 0x1p-24f, Float.POSITIVE_INFINITY, Float.NaN, 65504f);
    }
  }

  @Test
  void bfloatsAreTheUpperHalfOfFloats() throws IOException {
    short[] bits = {(short) (Float.floatToIntBits(-3.5f) >>> 16), 0x0001};
    Path file = file("{\"h\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]}}", bits);
    try (Safetensors read = Safetensors.open(file)) {
      assertThat(read.tensor("h").values().array())
          .containsExactly(-3.5f, Float.intBitsToFloat(0x10000));
    }
  }

  @Test
  void aTruncatedFileIsRefused() throws IOException {
    Path file = folder.resolve("t.safetensors");
    Safetensors.write(file, List.of(HostTensor.of("weights", new float[100], 100)));
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 10));
    assertThatThrownBy(() -> Safetensors.open(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "The weights %s are truncated: tensor weights ends at byte 400 of the data, and the"
                + " file holds 390; copy the file again.",
            file);
  }

  @Test
  void anUnknownTypeIsRefused() throws IOException {
    Path file = file("{\"h\":{\"dtype\":\"Q3\",\"shape\":[1],\"data_offsets\":[0,2]}}", (short) 0);
    assertThatThrownBy(() -> Safetensors.open(file))
        .hasMessage(
            "Tensor h in %s has the unknown type Q3; weights must be F32, F16, BF16 or I8.", file);
  }

  @Test
  void holesOverlapsAndDuplicatesAreRefused() throws IOException {
    assertRefused("{\"a\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[2,4]}}", "a gap");
    assertRefused(
        "{\"a\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[0,2]},"
            + "\"b\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}",
        "overlap");
    assertRefused(
        "{\"a\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[0,2]},"
            + "\"a\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[2,4]}}",
        "twice");
    assertRefused(
        "{\"a\":{\"dtype\":\"F16\",\"shape\":[3],\"data_offsets\":[0,4]}}", "needs 6 bytes");
    assertRefused("{\"a\":[1]}", "malformed");
  }

  /** Whatever happens to the bytes, the user gets a sentence or a tensor, never a stack trace. */
  @Test
  void damagedFilesGiveASentenceOrATensor() throws IOException {
    Path file = folder.resolve("d.safetensors");
    Safetensors.write(
        file,
        List.of(HostTensor.of("x", new float[20], 4, 5), HostTensor.of("y", new float[3], 3)));
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(3);
    int refused = 0;
    for (int round = 0; round < 2000; round++) {
      byte[] damaged =
          Arrays.copyOf(
              whole, random.nextInt(4) == 0 ? random.nextInt(whole.length) : whole.length);
      for (int flips = random.nextInt(4); flips >= 0 && damaged.length > 0; flips--) {
        damaged[random.nextInt(Math.min(damaged.length, 200))] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      try (Safetensors read = Safetensors.open(file)) {
        read.names().forEach(read::shape);
      } catch (InvalidInputException e) {
        refused++;
        assertThat(e.getMessage()).contains(file.toString());
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }

  private void assertRefused(String header, String reason) throws IOException {
    Path file = file(header, (short) 0, (short) 0);
    assertThatThrownBy(() -> Safetensors.open(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(reason);
  }

  private Path file(String header, short... data) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + text.length + 2 * data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(text.length).put(text);
    for (short value : data) {
      bytes.putShort(value);
    }
    return Files.write(folder.resolve("made.safetensors"), bytes.array());
  }
}
