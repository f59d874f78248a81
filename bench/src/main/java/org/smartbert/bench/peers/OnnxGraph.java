package org.smartbert.bench.peers;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** An ONNX graph in the making: values are names, each operator's result gets a name of its own. */
final class OnnxGraph {
  private static final long OPSET = 17;
  private static final long IR_VERSION = 8;

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("bert");
  private int names;

  /** An input of two free dimensions. */
  String input(String name, DataType type) {
    graph.addInput(value(name, type));
    return name;
  }

  void output(String name) {
    graph.addOutput(value(name, DataType.FLOAT));
  }

  String floats(float[] values, long... dimensions) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return tensor(DataType.FLOAT, bytes.array(), dimensions);
  }

  String signedBytes(byte[] values, long... dimensions) {
    return tensor(DataType.INT8, values, dimensions);
  }

  String index(long value) {
    byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    return tensor(DataType.INT64, bytes);
  }

  /** One of ONNX's own operators. */
  String operator(String type, String... inputs) {
    return node("", type, 1, List.of(), inputs).get(0);
  }

  /** An operator of ONNX Runtime's own, as its transformer optimiser puts them in. */
  List<String> fused(String type, int outputs, List<AttributeProto> attributes, String... inputs) {
    return node("com.microsoft", type, outputs, attributes, inputs);
  }

  List<String> node(
      String domain, String type, int outputs, List<AttributeProto> attributes, String... inputs) {
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setDomain(domain)
            .setOpType(type)
            .addAllInput(List.of(inputs))
            .addAllAttribute(attributes);
    for (int i = 0; i < outputs; i++) {
      node.addOutput("v" + names++);
    }
    graph.addNode(node);
    return node.getOutputList();
  }

  static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  static AttributeProto attribute(String name, float value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.FLOAT)
        .setF(value)
        .build();
  }

  /** The model file's bytes. */
  byte[] model() {
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.microsoft").setVersion(1))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  private String tensor(DataType type, byte[] values, long... dimensions) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName("w" + names++)
            .setDataType(type.getNumber())
            .setRawData(ByteString.copyFrom(values));
    for (long dimension : dimensions) {
      tensor.addDims(dimension);
    }
    graph.addInitializer(tensor);
    return tensor.getName();
  }

  private static ValueInfoProto value(String name, DataType type) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (String dimension : List.of("rows", "columns")) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(name + "_" + dimension));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape)))
        .build();
  }
}
