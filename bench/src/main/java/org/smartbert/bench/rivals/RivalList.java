package org.smartbert.bench.rivals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.smartbert.bench.peers.OnnxBert;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.udfs.ModelReference;

/** The rivals by name, and those that are compared. */
final class RivalList {
  private static final Map<String, Function<Models, Rival>> ALL = all();

  private RivalList() {}

  /** All names, in the order of the table. */
  static Set<String> names() {
    return ALL.keySet();
  }

  /**
   * The names of a comparison, in the order of the table.
   *
   * @param only empty for all: full depth in every precision, other networks in {@code precisions}
   * @throws InvalidInputException for a name that no rival has
   */
  static List<String> chosen(List<String> only, List<Precision> precisions) {
    List<String> unknown = only.stream().filter(name -> !ALL.containsKey(name)).toList();
    if (!unknown.isEmpty()) {
      throw new InvalidInputException(
          "--only names %s, and the rivals are: %s.",
          String.join(", ", unknown), String.join(", ", names()));
    }
    Set<String> others = new LinkedHashSet<>();
    for (Precision precision : Precision.values()) {
      if (!precisions.contains(precision)) {
        networks().stream()
            .filter(network -> network.model() != NetworkModel.BERT)
            .map(network -> network.name(precision))
            .forEach(others::add);
      }
    }
    return names().stream()
        .filter(name -> only.isEmpty() ? !others.contains(name) : only.contains(name))
        .toList();
  }

  /** Rivals by their names. */
  static List<Rival> of(List<String> names, Models models) {
    return names.stream().map(name -> ALL.get(name).apply(models)).toList();
  }

  /** A network in any precision. */
  private record Run(NetworkModel model, Gates gates) {
    String name(Precision precision) {
      return Network.name(model, precision, gates);
    }
  }

  private static List<Run> networks() {
    List<Run> runs = new ArrayList<>();
    for (NetworkModel model : NetworkModel.values()) {
      if (model == NetworkModel.SMARTBERT) {
        runs.add(new Run(model, Gates.ON));
      }
      runs.add(new Run(model, Gates.OFF));
    }
    return runs;
  }

  private static Map<String, Function<Models, Rival>> all() {
    Map<String, Function<Models, Rival>> rivals = new LinkedHashMap<>();
    rivals.put("tf-idf", models -> new TfIdf());
    rivals.put("word-vectors", RivalList::wordVectors);
    rivals.put("onnx-frozen-fp32", FrozenOnnx::new);
    rivals.put("onnx-fp32", models -> new FineTunedOnnx(models, OnnxBert.Arithmetic.FP32));
    rivals.put("onnx-int8", models -> new FineTunedOnnx(models, OnnxBert.Arithmetic.INT8));
    for (Run run : networks()) {
      for (Precision precision : Precision.values()) {
        rivals.put(
            run.name(precision),
            models -> new Network(models, run.model(), precision, run.gates()));
      }
    }
    return rivals;
  }

  private static Rival wordVectors(Models models) {
    Path backbone = models.backbone();
    BertConfig config = ModelDirectory.openBackbone(backbone).config();
    return new WordVectors(
        new WordVectorMean(
            backbone.toString(),
            ModelReference.longestRow(models.maxTokens(), config, backbone.toString())));
  }
}
