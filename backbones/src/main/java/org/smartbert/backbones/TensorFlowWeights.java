package org.smartbert.backbones;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;
import org.iq80.leveldb.table.FileChannelTable;
import org.iq80.leveldb.util.Slice;
import org.iq80.leveldb.util.TableIterator;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.io.HostTensor;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;

/**
 * The weights of a BERT in a checkpoint of TensorFlow's (a "tensor bundle"): {@code PREFIX.index},
 * a table of names and places, and {@code PREFIX.data-00000-of-00001}. Names are Google's, {@code
 * bert/encoder/layer_0/attention/self/query/kernel}; a kernel is [in, out].
 */
final class TensorFlowWeights implements TensorSource {
  private static final String KERNEL = "/kernel";
  private static final int MASK_DELTA = 0xa282ead8;
  private static final int LARGEST = (Integer.MAX_VALUE - 8) / Float.BYTES;

  private final Path prefix;
  private final int shards;
  private final Map<String, Stored> tensors = new LinkedHashMap<>();
  private final Map<Integer, FileChannel> data = new HashMap<>();

  private record Stored(BundleEntryProto entry, List<Long> shape, boolean transposed) {}

  private TensorFlowWeights(Path prefix, int shards) {
    this.prefix = prefix;
    this.shards = shards;
  }

  /**
   * Reads the index of a checkpoint.
   *
   * @param prefix the files' names without {@code .index}
   */
  static TensorFlowWeights open(Path prefix) throws IOException {
    Path index = prefix.resolveSibling(prefix.getFileName() + ".index");
    Map<String, BundleEntryProto> entries = new LinkedHashMap<>();
    int shards = 0;
    try (FileChannel channel = FileChannel.open(index)) {
      // This reader ignores the blocks' checksums. A damaged name, type, size, place or checksum of
      // a tensor is found when the tensor is asked for or read.
      boolean verifyChecksums = false;
      FileChannelTable table =
          new FileChannelTable(
              index.toString(), channel, Comparator.<Slice>naturalOrder(), verifyChecksums);
      for (TableIterator rows = table.iterator(); rows.hasNext(); ) {
        Map.Entry<Slice, Slice> row = rows.next();
        if (row.getKey().length() == 0) {
          shards = BundleHeaderProto.parseFrom(row.getValue().getBytes()).getNumShards();
        } else {
          entries.put(
              new String(row.getKey().getBytes(), java.nio.charset.StandardCharsets.UTF_8),
              BundleEntryProto.parseFrom(row.getValue().getBytes()));
        }
      }
    } catch (RuntimeException | com.google.protobuf.InvalidProtocolBufferException e) {
      throw new InvalidInputException(
          e, "%s is not the index of a TensorFlow checkpoint, or is damaged.", index);
    }
    TensorFlowWeights weights = new TensorFlowWeights(prefix, shards);
    entries.forEach(weights::add);
    return weights;
  }

  private void add(String name, BundleEntryProto entry) {
    String path = name.replaceFirst("^module/", "").replaceFirst("^bert/", "");
    boolean encoder =
        path.startsWith("embeddings/") || path.startsWith("encoder/") || path.startsWith("pooler/");
    // adam_m and adam_v are the optimizer's.
    if (!encoder || path.endsWith("/adam_m") || path.endsWith("/adam_v")) {
      return;
    }
    if (entry.getDtype() != DataType.DT_FLOAT) {
      throw new InvalidInputException(
          "The tensor %s of %s has the type %s; only float32 is read.",
          name, prefix, entry.getDtype());
    }
    List<Long> shape = new ArrayList<>();
    for (TensorShapeProto.Dim dimension : entry.getShape().getDimList()) {
      shape.add(dimension.getSize());
    }
    tensors.put(huggingFaceName(path), new Stored(entry, shape, path.endsWith(KERNEL)));
  }

  private static String huggingFaceName(String path) {
    String name =
        path.replace("layer_", "layer.")
            .replaceFirst(KERNEL + "$", "/weight")
            .replaceFirst("LayerNorm/gamma$", "LayerNorm/weight")
            .replaceFirst("LayerNorm/beta$", "LayerNorm/bias")
            .replaceFirst("_embeddings$", "_embeddings/weight");
    return name.replace('/', '.');
  }

  @Override
  public Map<String, List<Long>> shapes() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    tensors.forEach(
        (name, stored) ->
            shapes.put(
                name, stored.transposed() ? Transposed.shape(stored.shape()) : stored.shape()));
    return shapes;
  }

  @Override
  public HostTensor read(String name) throws IOException {
    Stored stored = tensors.get(name);
    long size = stored.shape().stream().reduce(1L, Math::multiplyExact);
    if (size > LARGEST || stored.entry().getSize() != size * Float.BYTES) {
      throw new InvalidInputException(
          "The tensor %s of %s has %d bytes where its shape %s needs %d.",
          name, prefix, stored.entry().getSize(), stored.shape(), size * Float.BYTES);
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readFully(shard(stored.entry().getShardId()), bytes, stored.entry().getOffset());
    requireChecksum(name, stored.entry(), bytes.flip());
    if (stored.transposed()) {
      int rows = Math.toIntExact(stored.shape().get(0));
      int columns = Math.toIntExact(stored.shape().get(1));
      return Transposed.of(name, bytes.asFloatBuffer(), rows, columns);
    }
    return new HostTensor(name, stored.shape(), bytes.asFloatBuffer());
  }

  private void requireChecksum(String name, BundleEntryProto entry, ByteBuffer bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes.duplicate());
    int crc = (int) checksum.getValue();
    // TensorFlow stores checksums masked (crc32c::Mask).
    int masked = Integer.rotateRight(crc, 15) + MASK_DELTA;
    if (masked != entry.getCrc32C()) {
      throw new InvalidInputException(
          "The tensor %s of %s does not match its checksum; copy the checkpoint again.",
          name, prefix);
    }
  }

  private FileChannel shard(int shard) throws IOException {
    FileChannel open = data.get(shard);
    if (open == null) {
      String suffix = String.format(Locale.ROOT, ".data-%05d-of-%05d", shard, shards);
      Path file = prefix.resolveSibling(prefix.getFileName() + suffix);
      if (!Files.exists(file)) {
        throw new InvalidInputException(
            "The checkpoint %s lacks its file %s; copy it there.", prefix, file.getFileName());
      }
      open = FileChannel.open(file);
      data.put(shard, open);
    }
    return open;
  }

  private void readFully(FileChannel channel, ByteBuffer target, long offset) throws IOException {
    long at = offset;
    while (target.hasRemaining()) {
      int read = channel.read(target, at);
      if (read < 0) {
        throw new EOFException("a data file of " + prefix + " is truncated at byte " + at);
      }
      at += read;
    }
  }

  @Override
  public void close() throws IOException {
    for (FileChannel channel : data.values()) {
      channel.close();
    }
    data.clear();
  }
}
