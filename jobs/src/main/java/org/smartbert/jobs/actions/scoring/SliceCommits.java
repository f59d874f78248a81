package org.smartbert.jobs.actions.scoring;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.actions.SetTransaction;
import org.smartbert.jobs.io.TableLocation;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The slices of a run that its output holds. They are read from the transactions in the table's
 * state, which last as long as the table: its history is cut after 30 days.
 *
 * @param bySlices committed slices by the number of slices that the run was cut into; one entry,
 *     unless an earlier version scored a run twice
 * @param foreign a commit of other work under the same run id
 */
record SliceCommits(Map<Integer, Set<Integer>> bySlices, Optional<String> foreign) {
  private static final Pattern SLICE = Pattern.compile("/(\\d+)-of-(\\d+)");

  static SliceCommits of(Work work, TableLocation output, SparkSession spark) {
    if (!output.exists(spark)) {
      return among(List.of(), work);
    }
    return among(
        CollectionConverters.asJava(output.snapshot(spark).setTransactions()).stream()
            .map(SetTransaction::appId)
            .toList(),
        work);
  }

  /** Looks for a run's slices among the names of a table's transactions. */
  static SliceCommits among(List<String> transactions, Work work) {
    Map<Integer, Set<Integer>> found = new TreeMap<>();
    Optional<String> foreign = Optional.empty();
    for (String name : transactions) {
      Matcher slice = SLICE.matcher(name);
      int begin = name.lastIndexOf('/');
      if (begin < 0 || !slice.region(begin, name.length()).matches()) {
        continue;
      }
      String run = name.substring(0, begin);
      if (run.equals(work.transactions())) {
        found
            .computeIfAbsent(Integer.parseInt(slice.group(2)), n -> new TreeSet<>())
            .add(Integer.parseInt(slice.group(1)));
      } else if (run.replaceFirst("@[0-9a-f]{12}$", "").equals(work.runId())) {
        foreign = Optional.of(name);
      }
    }
    return new SliceCommits(found, foreign);
  }

  boolean isEmpty() {
    return bySlices.isEmpty();
  }

  /** The number of slices that the run was cut into, if it committed one. */
  Optional<Integer> slices() {
    return bySlices.entrySet().stream()
        .max(Map.Entry.comparingByValue((a, b) -> Integer.compare(a.size(), b.size())))
        .map(Map.Entry::getKey);
  }

  boolean holds(int slice, int slices) {
    return bySlices.getOrDefault(slices, Set.of()).contains(slice);
  }

  /** The slices that are not committed. */
  List<Integer> open(int slices) {
    return IntStream.range(0, slices).filter(slice -> !holds(slice, slices)).boxed().toList();
  }
}
