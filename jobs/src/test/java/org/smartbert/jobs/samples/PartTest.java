package org.smartbert.jobs.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartTest {
  /** Worked out by Python's hashlib; some of the numbers have the highest bit set. */
  @Test
  void theHashIsTheDocumentedOne() {
    assertThat(Part.of("moon")).isEqualTo(Part.TEST);
    assertThat(Part.of("pine")).isEqualTo(Part.TEST);
    assertThat(Part.of("sand")).isEqualTo(Part.TEST);
    assertThat(Part.of("wolf")).isEqualTo(Part.VALIDATION);
    assertThat(Part.of("crow")).isEqualTo(Part.VALIDATION);
    assertThat(Part.of("coal")).isEqualTo(Part.VALIDATION);
    assertThat(Part.of("caf\u00e9")).isEqualTo(Part.TRAIN);
    assertThat(Part.of("EN_A_VS_AN")).isEqualTo(Part.TRAIN);
  }

  @Test
  void aTenthTestsAndATenthValidates() {
    Map<Part, Long> counts =
        IntStream.range(0, 20_000)
            .mapToObj(i -> Part.of("unit " + i))
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    assertThat(counts.get(Part.TEST) / 20_000.0).isCloseTo(0.1, within(0.01));
    assertThat(counts.get(Part.VALIDATION) / 20_000.0).isCloseTo(0.1, within(0.01));
    assertThat(counts.get(Part.TRAIN) / 20_000.0).isCloseTo(0.8, within(0.01));
  }

  @Test
  void equalTextsAreOneRowAndContradictionsNone() {
    Example first = new Example("1", "a dog", "animal", "x", "a dog");
    Example again = new Example("2", "a dog", "animal", "y", "a dog");
    Example plant = new Example("3", "a shoot", "plant", "z", "a shoot");
    Example event = new Example("4", "a shoot", "event", "z", "a shoot");
    Example last = new Example("5", "a cat", "animal", "z", "a cat");
    DistinctTexts distinct = DistinctTexts.of(List.of(first, plant, again, event, last));
    assertThat(distinct).isEqualTo(new DistinctTexts(List.of(first, last), 1, 2));
  }
}
