package org.smartbert.jobs.actions.samples;

import java.util.List;
import java.util.stream.Collectors;
import org.smartbert.jobs.samples.LanguageToolExamples;
import org.smartbert.jobs.samples.Sample;
import org.smartbert.jobs.samples.WordNetGlosses;
import org.smartbert.model.InvalidInputException;

/** The samples that can be had by name. Needs no Spark session. */
public final class Samples {
  private Samples() {}

  /** All of them. */
  public static List<Sample> all() {
    return List.of(WordNetGlosses.released(), LanguageToolExamples.released());
  }

  /**
   * The sample of that name, in any case.
   *
   * @throws InvalidInputException if there is none
   */
  public static Sample require(String name) {
    return all().stream()
        .filter(sample -> sample.description().name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "There is no sample %s; there are: %s.",
                    name,
                    all().stream()
                        .map(sample -> sample.description().name())
                        .collect(Collectors.joining(", "))));
  }
}
