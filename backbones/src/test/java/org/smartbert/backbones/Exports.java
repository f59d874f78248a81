package org.smartbert.backbones;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.iq80.leveldb.CompressionType;
import org.iq80.leveldb.Options;
import org.iq80.leveldb.table.BytewiseComparator;
import org.iq80.leveldb.table.TableBuilder;
import org.iq80.leveldb.util.Slices;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.io.HostTensor;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;

/** A small random BERT in the formats of other programs. */
public final class Exports {
  static final BertConfig CONFIG = TinyModels.config(2, 16, 2);
  static final int HEADS = 4;
  private static final String PREFIX = "bert.";

  private Exports() {}

  /** Its weights by Hugging Face's names, without the prefix. */
  static Map<String, HostTensor> weights() {
    Map<String, HostTensor> plain = new TreeMap<>();
    TinyModels.weights(new CheckpointNames(CONFIG).backbone(), 7)
        .forEach((name, tensor) -> plain.put(name.substring(PREFIX.length()), tensor));
    return plain;
  }

  public static void writeVocabulary(Path folder) throws IOException {
    Path model = Files.createTempDirectory("tiny-model").resolve("model");
    TinyModels.write(model, CONFIG, 7);
    Files.copy(model.resolve("vocab.txt"), folder.resolve("vocab.txt"));
  }

  private static boolean linear(String name) {
    return name.startsWith("encoder.") && !name.contains("LayerNorm") && name.endsWith(".weight");
  }

  /** The values, little-endian; those of a linear layer [in, out]. */
  private static byte[] stored(String name, HostTensor tensor) {
    float[] values = new float[tensor.size()];
    tensor.values().duplicate().get(values);
    if (linear(name)) {
      int rows = tensor.shape().get(0).intValue();
      int columns = tensor.shape().get(1).intValue();
      float[] transposed = new float[values.length];
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          transposed[column * rows + row] = values[row * columns + column];
        }
      }
      values = transposed;
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static long[] storedShape(String name, HostTensor tensor) {
    long[] shape = tensor.dimensions();
    return linear(name) ? new long[] {shape[1], shape[0]} : shape;
  }

  /** As PyTorch exports it: weights of linear layers are anonymous inputs of MatMul nodes. */
  public static void writeOnnx(Path file) throws IOException {
    Files.write(file, onnx().toByteArray());
  }

  static OnnxMl.ModelProto onnx() {
    OnnxMl.GraphProto.Builder graph = OnnxMl.GraphProto.newBuilder();
    int anonymous = 0;
    for (Map.Entry<String, HostTensor> entry : weights().entrySet()) {
      String name = entry.getKey();
      String initializer = linear(name) ? "onnx::MatMul_" + anonymous++ : name;
      OnnxMl.TensorProto.Builder tensor =
          OnnxMl.TensorProto.newBuilder()
              .setName(initializer)
              .setDataType(OnnxMl.TensorProto.DataType.FLOAT_VALUE)
              .setRawData(ByteString.copyFrom(stored(name, entry.getValue())));
      for (long dimension : storedShape(name, entry.getValue())) {
        tensor.addDims(dimension);
      }
      graph.addInitializer(tensor);
      if (linear(name)) {
        String path = name.replaceFirst("\\.weight$", "").replace('.', '/');
        graph.addNode(
            OnnxMl.NodeProto.newBuilder()
                // layer.0 is one part of PyTorch's path.
                .setName("/" + path.replaceFirst("layer/", "layer.") + "/MatMul")
                .setOpType("MatMul")
                .addInput("hidden")
                .addInput(initializer));
      }
    }
    return OnnxMl.ModelProto.newBuilder().setGraph(graph).build();
  }

  /**
   * As Google's checkpoints are: kernels [in, out], and the optimizer's moments among the weights.
   *
   * @param prefix of the two files
   * @param scope of the names, for example {@code module/bert/}
   */
  public static void writeTensorFlow(Path prefix, String scope) throws IOException {
    Map<String, byte[]> rows = new TreeMap<>();
    Path data = prefix.resolveSibling(prefix.getFileName() + ".data-00000-of-00001");
    long offset = 0;
    try (FileChannel out =
        FileChannel.open(data, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (Map.Entry<String, HostTensor> entry : weights().entrySet()) {
        byte[] bytes = stored(entry.getKey(), entry.getValue());
        String name = scope + tensorFlowName(entry.getKey());
        byte[] row = row(bytes, offset, storedShape(entry.getKey(), entry.getValue()));
        rows.put(name, row);
        rows.put(name + "/adam_m", row);
        out.write(ByteBuffer.wrap(bytes));
        offset += bytes.length;
      }
    }
    rows.put("", BundleHeaderProto.newBuilder().setNumShards(1).build().toByteArray());
    Path index = prefix.resolveSibling(prefix.getFileName() + ".index");
    Options options = new Options().compressionType(CompressionType.NONE);
    try (FileChannel out =
        FileChannel.open(index, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      TableBuilder table = new TableBuilder(options, out, new BytewiseComparator());
      for (Map.Entry<String, byte[]> row : rows.entrySet()) {
        table.add(
            Slices.wrappedBuffer(row.getKey().getBytes(StandardCharsets.UTF_8)),
            Slices.wrappedBuffer(row.getValue()));
      }
      table.finish();
    }
  }

  private static String tensorFlowName(String name) {
    String path = name.replace('.', '/').replaceFirst("layer/", "layer_");
    if (linear(name)) {
      return path.replaceFirst("weight$", "kernel");
    }
    return path.replaceFirst("LayerNorm/weight$", "LayerNorm/gamma")
        .replaceFirst("LayerNorm/bias$", "LayerNorm/beta")
        .replaceFirst("_embeddings/weight$", "_embeddings");
  }

  private static byte[] row(byte[] values, long offset, long[] dimensions) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long dimension : dimensions) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(dimension));
    }
    CRC32C checksum = new CRC32C();
    checksum.update(values);
    int masked = Integer.rotateRight((int) checksum.getValue(), 15) + 0xa282ead8;
    return BundleEntryProto.newBuilder()
        .setDtype(DataType.DT_FLOAT)
        .setShape(shape)
        .setOffset(offset)
        .setSize(values.length)
        .setCrc32C(masked)
        .build()
        .toByteArray();
  }

  /** A zip of a folder's files under a path. */
  public static Path zip(Path folder, String under, Path zip) throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip));
        Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new ZipEntry(under + folder.relativize(file)));
        Files.copy(file, out);
      }
    }
    return zip;
  }
}
