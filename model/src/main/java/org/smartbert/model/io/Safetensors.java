package org.smartbert.model.io;

import com.google.gson.JsonObject;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Quoted;

/**
 * A safetensors file: a JSON header of names, types, shapes and byte ranges, then the bytes. The
 * header is checked as the format's specification requires before a tensor is read: known types,
 * ranges that fit the shapes, no overlap, no hole, nothing after the end.
 */
public final class Safetensors implements AutoCloseable {
  private static final int COPY_FLOATS = 1 << 16;

  private final Path file;
  private final FileChannel channel;
  private final SafetensorsHeader header;

  private Safetensors(Path file, FileChannel channel, SafetensorsHeader header) {
    this.file = file;
    this.channel = channel;
    this.header = header;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws InvalidInputException if it is missing, truncated or malformed
   */
  public static Safetensors open(Path file) {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      return new Safetensors(file, channel, SafetensorsHeader.read(file, channel));
    } catch (NoSuchFileException e) {
      throw new InvalidInputException(e, "The weights %s do not exist.", file);
    } catch (IOException e) {
      closeQuietly(channel);
      throw new UncheckedIOException("The weights " + file + " could not be read", e);
    } catch (InvalidInputException e) {
      closeQuietly(channel);
      throw e;
    }
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Set<String> names() {
    return header.entries().keySet();
  }

  /** Whether the file holds a tensor as 8-bit integers, which mean nothing without their scales. */
  public boolean isInt8(String name) {
    return header.entry(name).dtype().equals(StoredType.I8.name());
  }

  /** The dimensions of a tensor that the file holds. */
  public List<Long> shape(String name) {
    return header.entry(name).shape();
  }

  /**
   * Reads one tensor as float32; the whole numbers of I8 as they are.
   *
   * @throws InvalidInputException if its type is none of F32, F16, BF16 and I8
   */
  public HostTensor tensor(String name) {
    SafetensorsHeader.Entry entry = header.entry(name);
    StoredType type = StoredType.of(entry.dtype());
    if (type == null) {
      throw new InvalidInputException(
          "Tensor %s in %s has the type %s; weights must be F32, F16, BF16 or I8.",
          Quoted.of(name), file, Quoted.of(entry.dtype()));
    }
    long elements = (entry.end() - entry.begin()) / type.bytes();
    if (elements > Integer.MAX_VALUE - 8) {
      throw new InvalidInputException(
          "Tensor %s in %s has %d values, and no more than 2^31 are supported.",
          Quoted.of(name), file, elements);
    }
    int size = (int) elements;
    FloatBuffer values = FloatBuffer.allocate(size);
    ByteBuffer chunk =
        ByteBuffer.allocate(COPY_FLOATS * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    try {
      long position = header.dataStart() + entry.begin();
      while (values.hasRemaining()) {
        chunk.clear().limit(Math.min(chunk.capacity(), values.remaining() * type.bytes()));
        readFully(channel, chunk, position);
        position += chunk.limit();
        chunk.flip();
        type.decode(chunk, values);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Tensor " + name + " of " + file + " could not be read", e);
    }
    return new HostTensor(name, entry.shape(), values.flip());
  }

  static void readFully(FileChannel channel, ByteBuffer target, long position) throws IOException {
    long at = position;
    while (target.hasRemaining()) {
      int read = channel.read(target, at);
      if (read < 0) {
        throw new EOFException("The file ends at byte " + at);
      }
      at += read;
    }
  }

  /** Writes float32 tensors sorted by name, under a temporary name that is renamed at the end. */
  public static void write(Path file, Collection<HostTensor> tensors) {
    write(file, tensors, Set.of());
  }

  /** The same, with the tensors of some names, whole numbers from -127 to 127, as I8. */
  public static void write(Path file, Collection<HostTensor> tensors, Set<String> int8) {
    Map<String, HostTensor> byName = new TreeMap<>();
    Map<String, List<Long>> shapes = new TreeMap<>();
    for (HostTensor tensor : tensors) {
      byName.put(tensor.name(), tensor);
      shapes.put(tensor.name(), tensor.shape());
    }
    write(file, shapes, byName::get, int8);
  }

  /**
   * Writes float32 tensors that are loaded one after the other, so that only one of them is in
   * memory.
   *
   * @param shapes of the tensors by name
   * @param load gives a tensor of that name and shape
   */
  public static void write(
      Path file, Map<String, List<Long>> shapes, Function<String, HostTensor> load) {
    write(file, new TreeMap<>(shapes), load, Set.of());
  }

  private static void write(
      Path file,
      Map<String, List<Long>> shapes,
      Function<String, HostTensor> load,
      Set<String> int8) {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      try (FileChannel out =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        byte[] text = headerOf(shapes, int8).getBytes(StandardCharsets.UTF_8);
        ByteBuffer head = ByteBuffer.allocate(8 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        writeFully(out, head.putLong(text.length).put(text).flip());
        for (Map.Entry<String, List<Long>> entry : shapes.entrySet()) {
          HostTensor tensor = load.apply(entry.getKey());
          if (!tensor.shape().equals(entry.getValue())) {
            throw new IllegalArgumentException(
                "Tensor " + entry.getKey() + " has the shape " + tensor.shape());
          }
          write(out, tensor, int8.contains(entry.getKey()));
        }
        out.force(true);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("The weights " + file + " could not be written", e);
    }
  }

  private static void write(FileChannel out, HostTensor tensor, boolean whole) throws IOException {
    ByteBuffer chunk =
        ByteBuffer.allocate(COPY_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    FloatBuffer values = tensor.values().duplicate().rewind();
    while (values.hasRemaining()) {
      chunk.clear();
      while (values.hasRemaining() && chunk.hasRemaining()) {
        if (whole) {
          chunk.put((byte) values.get());
        } else {
          chunk.putFloat(values.get());
        }
      }
      writeFully(out, chunk.flip());
    }
  }

  private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  /** The header, padded with spaces so that the data begins at a multiple of 8. */
  private static String headerOf(Map<String, List<Long>> shapes, Set<String> int8) {
    JsonObject header = new JsonObject();
    JsonObject metadata = new JsonObject();
    metadata.addProperty("format", "pt");
    header.add("__metadata__", metadata);
    long offset = 0;
    for (Map.Entry<String, List<Long>> tensor : shapes.entrySet()) {
      StoredType type = int8.contains(tensor.getKey()) ? StoredType.I8 : StoredType.F32;
      long size = tensor.getValue().stream().reduce(1L, Math::multiplyExact);
      long end = offset + type.bytes() * size;
      header.add(
          tensor.getKey(),
          new SafetensorsHeader.Entry(type.name(), tensor.getValue(), offset, end).toJson());
      offset = end;
    }
    String text = header.toString();
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    return text + " ".repeat((8 - length % 8) % 8);
  }

  @Override
  public void close() {
    closeQuietly(channel);
  }

  /** All tensors in {@code names}, as float32. */
  public Map<String, HostTensor> tensors(Collection<String> names) {
    Map<String, HostTensor> all = new LinkedHashMap<>();
    names.forEach(name -> all.put(name, tensor(name)));
    return all;
  }
}
