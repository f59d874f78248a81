package org.smartbert.bench.paper;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The results of all finished cells. A line that stands again later replaces the earlier one. */
final class Results {
  private final Map<Cell, TreeMap<Float, ResultLine>> cells = new LinkedHashMap<>();

  /** Adds lines, of finished cells or of parts of them. */
  Results add(Collection<ResultLine> lines) {
    for (ResultLine line : lines) {
      cells.computeIfAbsent(line.cell(), cell -> new TreeMap<>()).put(line.threshold(), line);
    }
    return this;
  }

  /** Whether all thresholds of a cell are there. */
  boolean finished(Cell cell) {
    return !curve(cell).isEmpty();
  }

  /** What a finished cell was trained with. */
  Optional<String> settings(Cell cell) {
    return curve(cell).stream().map(line -> line.training().settings()).findFirst();
  }

  /** The lines of a cell by rising threshold; none if it is not finished. */
  List<ResultLine> curve(Cell cell) {
    TreeMap<Float, ResultLine> lines = cells.getOrDefault(cell, new TreeMap<>());
    boolean whole = !lines.isEmpty() && lines.firstEntry().getValue().lines() == lines.size();
    return whole ? List.copyOf(lines.values()) : List.of();
  }

  /** The finished cells, in the order of their first lines. */
  List<Cell> cells() {
    return cells.keySet().stream().filter(this::finished).toList();
  }
}
