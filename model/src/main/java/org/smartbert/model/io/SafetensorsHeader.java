package org.smartbert.model.io;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Quoted;

/**
 * The checked header of a safetensors file.
 *
 * @param dataStart the file position that the entries' offsets count from
 */
record SafetensorsHeader(Map<String, Entry> entries, long dataStart) {
  /** The specification's limit. */
  private static final long LARGEST_HEADER = 100_000_000;

  private static final Map<String, Integer> BYTES =
      Map.ofEntries(
          Map.entry("F64", 8),
          Map.entry("I64", 8),
          Map.entry("U64", 8),
          Map.entry("F32", 4),
          Map.entry("I32", 4),
          Map.entry("U32", 4),
          Map.entry("F16", 2),
          Map.entry("BF16", 2),
          Map.entry("I16", 2),
          Map.entry("U16", 2),
          Map.entry("F8_E5M2", 1),
          Map.entry("F8_E4M3", 1),
          Map.entry("I8", 1),
          Map.entry("U8", 1),
          Map.entry("BOOL", 1));

  /** One tensor: its bytes are [begin, end), counted from the start of the data. */
  record Entry(String dtype, List<Long> shape, long begin, long end) {
    JsonObject toJson() {
      JsonObject json = new JsonObject();
      json.addProperty("dtype", dtype);
      JsonArray dimensions = new JsonArray();
      shape.forEach(dimensions::add);
      json.add("shape", dimensions);
      JsonArray offsets = new JsonArray();
      offsets.add(begin);
      offsets.add(end);
      json.add("data_offsets", offsets);
      return json;
    }
  }

  Entry entry(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException("The file holds no tensor " + name);
    }
    return entry;
  }

  static SafetensorsHeader read(Path file, FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < 8) {
      throw new InvalidInputException(
          "The weights %s are truncated: %d bytes cannot hold a safetensors header; copy the file"
              + " again.",
          file, size);
    }
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    Safetensors.readFully(channel, length, 0);
    long headerBytes = length.flip().getLong();
    if (headerBytes < 2 || headerBytes > LARGEST_HEADER || headerBytes > size - 8) {
      throw new InvalidInputException(
          "The weights %s are not a complete safetensors file: the header claims %d bytes of a file"
              + " of %d; copy or export the file again.",
          file, headerBytes, size);
    }
    ByteBuffer text = ByteBuffer.allocate((int) headerBytes);
    Safetensors.readFully(channel, text, 8);
    Map<String, Entry> entries;
    try {
      entries = parse(new String(text.array(), StandardCharsets.UTF_8));
    } catch (JsonParseException | IllegalStateException | IOException | NumberFormatException e) {
      throw new InvalidInputException(
          e,
          "The header of the weights %s is malformed (%s); export the file again.",
          file,
          Quoted.of(String.valueOf(e.getMessage()).lines().findFirst().orElse("not JSON")));
    }
    check(file, entries, size - 8 - headerBytes);
    return new SafetensorsHeader(entries, 8 + headerBytes);
  }

  private static Map<String, Entry> parse(String text) throws IOException {
    Map<String, Entry> entries = new LinkedHashMap<>();
    JsonReader json = new JsonReader(new StringReader(text));
    json.beginObject();
    while (json.hasNext()) {
      String name = json.nextName();
      if (name.equals("__metadata__")) {
        json.skipValue();
      } else if (entries.put(name, parseEntry(name, json)) != null) {
        throw new JsonParseException("tensor " + name + " appears twice");
      }
    }
    json.endObject();
    if (json.peek() != JsonToken.END_DOCUMENT) {
      throw new JsonParseException("text follows the header's object");
    }
    return entries;
  }

  private static Entry parseEntry(String name, JsonReader json) throws IOException {
    String dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    json.beginObject();
    while (json.hasNext()) {
      switch (json.nextName()) {
        case "dtype" -> dtype = json.nextString();
        case "shape" -> shape = numbers(json);
        case "data_offsets" -> offsets = numbers(json);
        default -> json.skipValue();
      }
    }
    json.endObject();
    if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
      throw new JsonParseException("tensor " + name + " lacks its dtype, shape or data_offsets");
    }
    return new Entry(dtype, shape, offsets.get(0), offsets.get(1));
  }

  private static List<Long> numbers(JsonReader json) throws IOException {
    List<Long> numbers = new ArrayList<>();
    json.beginArray();
    while (json.hasNext()) {
      numbers.add(json.nextLong());
    }
    json.endArray();
    return numbers;
  }

  private static void check(Path file, Map<String, Entry> entries, long dataBytes) {
    entries.forEach((name, entry) -> checkEntry(file, name, entry));
    List<Map.Entry<String, Entry>> inOrder =
        entries.entrySet().stream()
            .sorted(
                Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().begin())
                    .thenComparingLong(e -> e.getValue().end()))
            .toList();
    long position = 0;
    for (Map.Entry<String, Entry> named : inOrder) {
      if (named.getValue().begin() != position) {
        throw new InvalidInputException(
            "Tensor %s in %s begins at byte %d of the data instead of %d (an overlap or a gap);"
                + " export the file again.",
            Quoted.of(named.getKey()), file, named.getValue().begin(), position);
      }
      position = named.getValue().end();
      if (position > dataBytes) {
        throw new InvalidInputException(
            "The weights %s are truncated: tensor %s ends at byte %d of the data, and the file"
                + " holds %d; copy the file again.",
            file, Quoted.of(named.getKey()), position, dataBytes);
      }
    }
    if (position != dataBytes) {
      throw new InvalidInputException(
          "The weights %s hold %d bytes after the last tensor; export the file again.",
          file, dataBytes - position);
    }
  }

  private static void checkEntry(Path file, String name, Entry entry) {
    Integer bytes = BYTES.get(entry.dtype());
    if (bytes == null) {
      throw new InvalidInputException(
          "Tensor %s in %s has the unknown type %s; weights must be F32, F16, BF16 or I8.",
          Quoted.of(name), file, Quoted.of(entry.dtype()));
    }
    long needed = bytes;
    try {
      for (long dimension : entry.shape()) {
        if (dimension < 0) {
          throw new ArithmeticException("negative");
        }
        needed = Math.multiplyExact(needed, dimension);
      }
    } catch (ArithmeticException e) {
      throw new InvalidInputException(
          e,
          "Tensor %s in %s has the impossible shape %s.",
          Quoted.of(name),
          file,
          Quoted.of(entry.shape()));
    }
    if (entry.begin() < 0 || entry.end() < entry.begin() || entry.end() - entry.begin() != needed) {
      throw new InvalidInputException(
          "Tensor %s in %s of shape %s and type %s needs %d bytes, and its data_offsets are"
              + " [%d, %d]; export the file again.",
          Quoted.of(name),
          file,
          Quoted.of(entry.shape()),
          entry.dtype(),
          needed,
          entry.begin(),
          entry.end());
    }
  }
}
