package org.smartbert.jobs.samples;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Examples whose texts differ, so that no text stands in two parts, nor with two labels.
 *
 * @param examples in their order, of equal texts the first
 * @param repeated examples left out because an earlier one has their text and label
 * @param contradicting examples left out because their text stands with several labels
 */
public record DistinctTexts(List<Example> examples, int repeated, int contradicting) {
  public DistinctTexts {
    examples = List.copyOf(examples);
  }

  /** The distinct ones of these. */
  public static DistinctTexts of(List<Example> all) {
    Map<String, List<Example>> byText = new LinkedHashMap<>();
    for (Example example : all) {
      byText.computeIfAbsent(example.text(), text -> new ArrayList<>()).add(example);
    }
    List<Example> kept = new ArrayList<>();
    int repeated = 0;
    int contradicting = 0;
    for (List<Example> equal : byText.values()) {
      if (equal.stream().map(Example::label).distinct().count() > 1) {
        contradicting += equal.size();
      } else {
        kept.add(equal.get(0));
        repeated += equal.size() - 1;
      }
    }
    return new DistinctTexts(kept, repeated, contradicting);
  }
}
