package org.smartbert.model.training;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.checkpoint.CheckpointNames.TensorSpec;
import org.smartbert.model.io.HostTensor;

/**
 * The offset of each tensor in one flat vector: first all matrices, which AdamW decays, then all
 * vectors, which it does not; among each, first the backbone's, then those of the heads. Query, key
 * and value of an encoder layer are adjacent, so that scripts use them as one matrix.
 */
final class ParameterLayout {
  private static final String BACKBONE = "bert.";
  private static final String WORDS = "bert.embeddings.word_embeddings.weight";
  private static final String QUERY = "attention.self.query.";

  private final List<TensorSpec> specs = new ArrayList<>();
  private final List<Integer> begins = new ArrayList<>();
  private final List<Part> parts;
  private final int size;
  private final String viewNames;
  private final long[] viewSizes;
  private final long[] viewColumns;
  private final long[] keyBiases;

  /**
   * A range of values that the optimiser moves alike.
   *
   * @param decayed whether AdamW decays them
   * @param heads whether they belong to gates, classifiers or contrast heads
   */
  record Part(int begin, int end, boolean decayed, boolean heads) {}

  ParameterLayout(List<TensorSpec> tensors) {
    this.size = requireFits(tensors.stream().mapToLong(TensorSpec::size).sum());
    List<Part> ranges = new ArrayList<>();
    int from = 0;
    for (boolean decayed : new boolean[] {true, false}) {
      for (boolean heads : new boolean[] {false, true}) {
        List<TensorSpec> alike =
            tensors.stream()
                .filter(spec -> spec.undecayed() != decayed && ofHeads(spec) == heads)
                .toList();
        specs.addAll(alike);
        int to = from + alike.stream().mapToInt(TensorSpec::size).sum();
        ranges.add(new Part(from, to, decayed, heads));
        from = to;
      }
    }
    this.parts = ranges.stream().filter(part -> part.end() > part.begin()).toList();
    int begin = 0;
    for (TensorSpec spec : specs) {
      begins.add(begin);
      begin += spec.size();
    }
    List<String> names = new ArrayList<>();
    List<Long> sizes = new ArrayList<>();
    List<Long> columns = new ArrayList<>();
    for (int i = 0; i < specs.size(); i++) {
      TensorSpec spec = specs.get(i);
      boolean fused = spec.name().contains(QUERY);
      names.add(spec.name().replace(QUERY, "attention.self.qkv."));
      sizes.add(fused ? 3L * spec.size() : spec.size());
      columns.add(spec.shape().size() == 1 ? 0L : spec.shape().get(1));
      if (fused) {
        i += 2;
      }
    }
    // Every step needs these: they are made once.
    this.viewNames = String.join(" ", names);
    this.viewSizes = toArray(sizes);
    this.viewColumns = toArray(columns);
    this.keyBiases = keyBiasRanges();
  }

  private static boolean ofHeads(TensorSpec spec) {
    return !spec.name().startsWith(BACKBONE);
  }

  /** A buffer of Java, which gradients travel in, holds 2^31 - 1 bytes. */
  private static int requireFits(long values) {
    int most = Integer.MAX_VALUE / Float.BYTES;
    if (values > most) {
      throw new InvalidInputException(
          "The network has %d weights in one training stage, and a worker takes %d; train a smaller"
              + " model.",
          values, most);
    }
    return Math.toIntExact(values);
  }

  private static long[] toArray(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  /** Values in all. */
  int size() {
    return size;
  }

  /** The whole vector in ranges, in their order. */
  List<Part> parts() {
    return parts;
  }

  String viewNames() {
    return viewNames;
  }

  long[] viewSizes() {
    return viewSizes;
  }

  /** Columns of each view; 0 for a vector. */
  long[] viewColumns() {
    return viewColumns;
  }

  /**
   * A look-up table.
   *
   * @param begin of its values
   * @param end of its values
   * @param columns of a row
   */
  record Table(int begin, int end, int columns) {
    int rows() {
      return (end - begin) / columns;
    }
  }

  /** The words' vectors, of whose gradient most rows are 0; nothing where they are not here. */
  Optional<Table> words() {
    for (int t = 0; t < specs.size(); t++) {
      if (specs.get(t).name().equals(WORDS)) {
        return Optional.of(
            new Table(begin(t), end(t), Math.toIntExact(specs.get(t).shape().get(1))));
      }
    }
    return Optional.empty();
  }

  /** Rows and columns of the matrices, as scripts use them. */
  Set<List<Long>> matrixShapes() {
    Set<List<Long>> shapes = new LinkedHashSet<>();
    for (int i = 0; i < viewSizes.length; i++) {
      if (viewColumns[i] > 0) {
        shapes.add(List.of(viewSizes[i] / viewColumns[i], viewColumns[i]));
      }
    }
    return shapes;
  }

  /** The tensors in their order, and where each begins and ends, in values. */
  List<String> tensorNames() {
    return specs.stream().map(TensorSpec::name).toList();
  }

  int begin(int tensor) {
    return begins.get(tensor);
  }

  int end(int tensor) {
    return begins.get(tensor) + specs.get(tensor).size();
  }

  /**
   * Begin and end of each key bias, in pairs. It adds the same number to all scores of a query,
   * which softmax takes away again: its gradient is 0, and what arithmetic leaves there is
   * rounding.
   */
  long[] keyBiases() {
    return keyBiases;
  }

  private long[] keyBiasRanges() {
    List<Long> ranges = new ArrayList<>();
    for (int t = 0; t < specs.size(); t++) {
      if (specs.get(t).name().endsWith("attention.key.bias")
          || specs.get(t).name().endsWith("attention.self.key.bias")) {
        ranges.add((long) begin(t));
        ranges.add((long) end(t));
      }
    }
    return toArray(ranges);
  }

  /** Puts the tensors into {@code flat}, which has room for them. */
  void flatten(Map<String, HostTensor> weights, FloatBuffer flat) {
    for (TensorSpec spec : specs) {
      flat.put(weights.get(spec.name()).values().duplicate().rewind());
    }
  }

  /** The tensors as slices of {@code flat}, which they share. */
  Map<String, HostTensor> unflatten(FloatBuffer flat) {
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    int offset = 0;
    for (TensorSpec spec : specs) {
      FloatBuffer values = flat.slice(offset, spec.size());
      weights.put(spec.name(), new HostTensor(spec.name(), spec.shape(), values));
      offset += spec.size();
    }
    return weights;
  }
}
