package org.smartbert.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;

/**
 * Google's graph approximates GELU: 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))). Hugging
 * Face's BertModel, with the same weights, has 0.5 x (1 + erf(x / sqrt(2))), and so have we. Three
 * nodes of each layer make the one the other.
 */
final class ErfGelu {
  private static final String DENSE = "/intermediate/dense/";

  private ErfGelu() {}

  /**
   * Writes a SavedModel whose graph has the exact GELU.
   *
   * @param folder the SavedModel
   * @param to an empty folder
   * @return how many GELUs were changed
   */
  static int write(Path folder, Path to) throws IOException {
    SavedModel.Builder model =
        SavedModel.parseFrom(Files.readAllBytes(folder.resolve("saved_model.pb"))).toBuilder();
    int changed = 0;
    GraphDef.Builder graph = model.getMetaGraphsBuilder(0).getGraphDefBuilder();
    for (NodeDef.Builder node : graph.getNodeBuilderList()) {
      int dense = node.getName().indexOf(DENSE);
      String name = dense < 0 ? "" : node.getName().substring(dense + DENSE.length());
      switch (name) {
        case "Tanh" -> {
          node.setOp("Erf");
          changed++;
        }
        case "mul_1" ->
            node.setInput(1, node.getName().substring(0, dense) + DENSE + "BiasAdd");
        case "mul_1/x" -> node.putAttr("value", scalar(node, (float) Math.sqrt(0.5)));
        default -> {
          // Not of the GELU, or the same in both.
        }
      }
    }
    Files.write(to.resolve("saved_model.pb"), model.build().toByteArray());
    for (String part : new String[] {"variables", "assets"}) {
      Files.createSymbolicLink(to.resolve(part), folder.resolve(part).toAbsolutePath());
    }
    return changed;
  }

  private static AttrValue scalar(NodeDef.Builder node, float value) {
    AttrValue old = node.getAttrOrThrow("value");
    return old.toBuilder()
        .setTensor(old.getTensor().toBuilder().clearFloatVal().addFloatVal(value))
        .build();
  }
}
