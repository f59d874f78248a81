package org.smartbert.bench.paper;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The curves of all series and tasks. Where several learning rates were tried, the one with the
 * best accuracy on validation rows; of equal ones the smallest.
 */
final class Curves {
  private final Map<Series, Map<String, Curve>> curves = new TreeMap<>(Series.ORDER);

  private Curves() {}

  static Curves of(Results results) {
    Map<Series, Map<String, Map<Double, List<List<ResultLine>>>>> tried =
        new TreeMap<>(Series.ORDER);
    for (Cell cell : results.cells()) {
      tried
          .computeIfAbsent(Series.of(cell), series -> new TreeMap<>())
          .computeIfAbsent(cell.task(), task -> new TreeMap<>())
          .computeIfAbsent(cell.rates().backbone(), rate -> new ArrayList<>())
          .add(results.curve(cell));
    }
    Curves all = new Curves();
    tried.forEach(
        (series, tasks) ->
            tasks.forEach(
                (task, rates) ->
                    all.curves
                        .computeIfAbsent(series, key -> new TreeMap<>())
                        .put(task, best(rates))));
    return all;
  }

  private static Curve best(Map<Double, List<List<ResultLine>>> rates) {
    List<Curve> candidates =
        rates.entrySet().stream().map(e -> new Curve(e.getKey(), e.getValue())).toList();
    double most = candidates.stream().mapToDouble(Curve::validation).max().orElseThrow();
    return candidates.stream()
        .filter(curve -> curve.validation() == most)
        .min(Comparator.comparingDouble(Curve::learningRate))
        .orElseThrow();
  }

  List<String> backbones() {
    return curves.keySet().stream().map(Series::backbone).distinct().toList();
  }

  /** The series of a backbone, in the tables' order. */
  List<Series> series(String backbone) {
    return curves.keySet().stream().filter(s -> s.backbone().equals(backbone)).toList();
  }

  /** Ids of the tasks of a backbone, in the order of tasks.csv. */
  List<String> tasks(String backbone) {
    List<String> present =
        series(backbone).stream()
            .flatMap(series -> curves.get(series).keySet().stream())
            .distinct()
            .collect(Collectors.toCollection(ArrayList::new));
    List<String> known = Task.all().stream().map(Task::id).toList();
    present.sort(Comparator.comparingInt(known::indexOf));
    return present;
  }

  Optional<Curve> find(Series series, String task) {
    return Optional.ofNullable(curves.getOrDefault(series, Map.of()).get(task));
  }
}
