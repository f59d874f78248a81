package org.smartbert.backbones;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.io.HostTensor;

/**
 * The weights of a BERT that was exported to ONNX by PyTorch. Embeddings, norms and biases keep
 * their names; the weight of a linear layer is an anonymous initializer [in, out], the second input
 * of a MatMul node that has the layer's name: {@code /encoder/layer.0/attention/self/query/MatMul}.
 */
final class OnnxWeights implements TensorSource {
  private static final List<String> PARTS = List.of("embeddings.", "encoder.", "pooler.");
  private static final String PREFIX = "bert.";
  private static final int LARGEST = Integer.MAX_VALUE - 8;

  private final Path file;

  /** A tensor of the file, and whether Hugging Face has its transpose. */
  private record Stored(OnnxMl.TensorProto tensor, boolean transposed) {}

  private final Map<String, Stored> tensors = new LinkedHashMap<>();

  private OnnxWeights(Path file) {
    this.file = file;
  }

  /**
   * Reads a file. Its tensors share the memory of the file's bytes.
   *
   * @throws InvalidInputException if it is no ONNX file, or its weights are in other files
   */
  static OnnxWeights open(Path file) throws IOException {
    OnnxWeights weights = new OnnxWeights(file);
    weights.add(weights.graph());
    return weights;
  }

  private OnnxMl.GraphProto graph() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      CodedInputStream coded = CodedInputStream.newInstance(in, 1 << 20);
      coded.setSizeLimit(Integer.MAX_VALUE);
      return OnnxMl.ModelProto.parseFrom(coded).getGraph();
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidInputException(
          e, "%s is not an ONNX model, or is truncated (%s).", file, e.getMessage());
    }
  }

  private void add(OnnxMl.GraphProto graph) {
    Map<String, OnnxMl.TensorProto> initializers = new LinkedHashMap<>();
    for (OnnxMl.TensorProto tensor : graph.getInitializerList()) {
      initializers.put(tensor.getName(), tensor);
      String name = plain(tensor.getName());
      if (PARTS.stream().anyMatch(name::startsWith) && isFloat(tensor)) {
        tensors.put(name, new Stored(tensor, false));
      }
    }
    for (OnnxMl.NodeProto node : graph.getNodeList()) {
      if (node.getOpType().equals("MatMul") && node.getInputCount() == 2) {
        OnnxMl.TensorProto weight = initializers.get(node.getInput(1));
        if (weight != null && weight.getDimsCount() == 2) {
          addLinear(node.getName(), weight);
        }
      }
    }
  }

  /** The weight of the layer that a node of that name computes. */
  private void addLinear(String node, OnnxMl.TensorProto weight) {
    String path = node.replaceFirst("^/", "").replaceFirst("/[^/]*$", "").replace('/', '.');
    String name = plain(path) + ".weight";
    if (PARTS.stream().noneMatch(name::startsWith)) {
      return;
    }
    if (!isFloat(weight)) {
      throw new InvalidInputException(
          "The weight %s in %s is not float32; export the model without quantization.", name, file);
    }
    tensors.put(name, new Stored(weight, true));
  }

  private static String plain(String name) {
    return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
  }

  private static boolean isFloat(OnnxMl.TensorProto tensor) {
    return tensor.getDataType() == OnnxMl.TensorProto.DataType.FLOAT_VALUE;
  }

  @Override
  public Map<String, List<Long>> shapes() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    tensors.forEach(
        (name, stored) -> {
          List<Long> dimensions = stored.tensor().getDimsList();
          shapes.put(name, stored.transposed() ? Transposed.shape(dimensions) : dimensions);
        });
    return shapes;
  }

  @Override
  public HostTensor read(String name) {
    Stored stored = tensors.get(name);
    OnnxMl.TensorProto tensor = stored.tensor();
    if (tensor.getDataLocation() == OnnxMl.TensorProto.DataLocation.EXTERNAL) {
      throw new InvalidInputException(
          "The tensor %s of %s is in another file; export the model to one file.", name, file);
    }
    long[] shape = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
    long size = 1;
    for (long dimension : shape) {
      size = Math.multiplyExact(size, dimension);
    }
    FloatBuffer values = values(tensor);
    if (size > LARGEST || values.remaining() != size) {
      throw new InvalidInputException(
          "The tensor %s of %s has %d values where its shape %s needs %d; export the model again.",
          name, file, values.remaining(), tensor.getDimsList(), size);
    }
    if (stored.transposed()) {
      return Transposed.of(name, values, (int) shape[0], (int) shape[1]);
    }
    return new HostTensor(name, tensor.getDimsList(), values);
  }

  private static FloatBuffer values(OnnxMl.TensorProto tensor) {
    if (tensor.hasRawData()) {
      ByteBuffer bytes = tensor.getRawData().asReadOnlyByteBuffer();
      return bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }
    float[] values = new float[tensor.getFloatDataCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.getFloatData(i);
    }
    return FloatBuffer.wrap(values);
  }

  @Override
  public void close() {
    tensors.clear();
  }
}
