package org.smartbert.bench.peers;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.List;
import java.util.Map;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.io.HostTensor;

/**
 * BERT at full depth with the last classifier as an ONNX graph in the form that ONNX Runtime's own
 * transformer optimiser and dynamic quantiser leave: fused attention, skip-norm and GELU. In int8,
 * weights have one scale a column and activations are quantised as they come.
 *
 * <p>Of the classifier there is what the weights hold: the projection with its attention, the dense
 * layer, the output. Without all three the graph is an encoder, whose result is the last state of
 * [CLS].
 */
public final class OnnxBert {
  /** How the matrix products are computed. */
  public enum Arithmetic {
    FP32,
    INT8
  }

  private final BertConfig config;
  private final Map<String, HostTensor> weights;
  private final Arithmetic arithmetic;
  private final OnnxGraph graph = new OnnxGraph();

  private OnnxBert(BertConfig config, Map<String, HostTensor> weights, Arithmetic arithmetic) {
    this.config = config;
    this.weights = weights;
    this.arithmetic = arithmetic;
  }

  /**
   * The bytes of a model file with the inputs ids, types and mask, [B, N] of int32, and one output:
   * logits [B, C], or states of [CLS], [B, H].
   */
  public static byte[] of(
      BertConfig config, Map<String, HostTensor> weights, Arithmetic arithmetic) {
    OnnxBert bert = new OnnxBert(config, weights, arithmetic);
    bert.build();
    return bert.graph.model();
  }

  private void build() {
    AttributeProto eps = OnnxGraph.attribute("epsilon", (float) config.layerNormEps());
    String in = "bert.embeddings.";
    List<String> embedded =
        graph.fused(
            "EmbedLayerNormalization",
            2,
            List.of(eps),
            graph.input("ids", DataType.INT32),
            graph.input("types", DataType.INT32),
            as(in + "word_embeddings.weight"),
            as(in + "position_embeddings.weight"),
            as(in + "token_type_embeddings.weight"),
            as(in + "LayerNorm.weight"),
            as(in + "LayerNorm.bias"),
            graph.input("mask", DataType.INT32));
    String x = embedded.get(0);
    String lengths = embedded.get(1);
    for (int i = 0; i < config.layers(); i++) {
      String layer = "bert.encoder.layer." + i + ".";
      String a = attention(x, layer + "attention.self.", config.attentionHeads(), lengths);
      String y = skipNorm(a, x, layer + "attention.output.", eps);
      String f = gelu(y, layer + "intermediate.dense");
      x = skipNorm(f, y, layer + "output.", eps);
    }
    String head = "classifiers." + (config.layers() - 1) + ".";
    if (has(head + "projection")) {
      String projected = graph.operator("Tanh", linear(x, head + "projection"));
      int heads = config.heads().classifierHeads();
      x = attention(projected, head + "attention.", heads, lengths);
    }
    String cls =
        graph
            .node("", "Gather", 1, List.of(OnnxGraph.attribute("axis", 1)), x, graph.index(0))
            .get(0);
    if (has(head + "dense")) {
      cls = graph.operator("Tanh", linear(cls, head + "dense"));
    }
    graph.output(has(head + "output") ? linear(cls, head + "output") : cls);
  }

  private boolean has(String name) {
    return weights.containsKey(name + ".weight");
  }

  private String attention(String x, String name, int heads, String lengths) {
    String[] parts = {"query", "key", "value"};
    AttributeProto count = OnnxGraph.attribute("num_heads", heads);
    int out = (int) weights.get(name + "query.weight").dimensions()[0];
    int in = (int) weights.get(name + "query.weight").dimensions()[1];
    float[] joined = new float[in * 3 * out];
    float[] bias = new float[3 * out];
    for (int p = 0; p < 3; p++) {
      HostTensor w = weights.get(name + parts[p] + ".weight");
      for (int o = 0; o < out; o++) {
        for (int i = 0; i < in; i++) {
          joined[i * 3 * out + p * out + o] = w.values().get(o * in + i);
        }
        bias[p * out + o] = weights.get(name + parts[p] + ".bias").values().get(o);
      }
    }
    String b = graph.floats(bias, 3L * out);
    if (arithmetic == Arithmetic.FP32) {
      return graph
          .fused("Attention", 1, List.of(count), x, graph.floats(joined, in, 3L * out), b, lengths)
          .get(0);
    }
    Columns columns = Columns.of(joined, in, 3 * out);
    List<String> quantised = graph.node("", "DynamicQuantizeLinear", 3, List.of(), x);
    return graph
        .fused(
            "QAttention",
            1,
            List.of(count),
            quantised.get(0),
            graph.signedBytes(columns.values(), in, 3L * out),
            b,
            quantised.get(1),
            graph.floats(columns.scales(), 3L * out),
            lengths,
            quantised.get(2))
        .get(0);
  }

  /** LayerNorm(residual + dense(x) + bias). */
  private String skipNorm(String x, String residual, String name, AttributeProto eps) {
    return graph
        .fused(
            "SkipLayerNormalization",
            1,
            List.of(eps),
            product(x, name + "dense"),
            residual,
            as(name + "LayerNorm.weight"),
            as(name + "LayerNorm.bias"),
            as(name + "dense.bias"))
        .get(0);
  }

  private String gelu(String x, String name) {
    return graph.fused("BiasGelu", 1, List.of(), product(x, name), as(name + ".bias")).get(0);
  }

  private String linear(String x, String name) {
    return graph.operator("Add", product(x, name), as(name + ".bias"));
  }

  private String product(String x, String name) {
    HostTensor w = weights.get(name + ".weight");
    int out = (int) w.dimensions()[0];
    int in = (int) w.dimensions()[1];
    float[] turned = new float[in * out];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        turned[i * out + o] = w.values().get(o * in + i);
      }
    }
    if (arithmetic == Arithmetic.FP32) {
      return graph.operator("MatMul", x, graph.floats(turned, in, out));
    }
    Columns columns = Columns.of(turned, in, out);
    return graph
        .fused(
            "DynamicQuantizeMatMul",
            1,
            List.of(),
            x,
            graph.signedBytes(columns.values(), in, out),
            graph.floats(columns.scales(), out))
        .get(0);
  }

  private String as(String name) {
    HostTensor tensor = weights.get(name);
    float[] values = new float[tensor.size()];
    tensor.values().duplicate().get(values);
    return graph.floats(values, tensor.dimensions());
  }

  /** A matrix in signed bytes, one scale a column. */
  private record Columns(byte[] values, float[] scales) {
    static Columns of(float[] matrix, int rows, int columns) {
      float[] scales = new float[columns];
      for (int i = 0; i < matrix.length; i++) {
        scales[i % columns] = Math.max(scales[i % columns], Math.abs(matrix[i]) / 127);
      }
      byte[] values = new byte[rows * columns];
      for (int i = 0; i < matrix.length; i++) {
        values[i] = (byte) Math.round(matrix[i] / Math.max(scales[i % columns], 1e-30f));
      }
      return new Columns(values, scales);
    }
  }
}
