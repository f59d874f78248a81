package org.smartbert.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Arms alternate, an arm that fails is told and not run again, and medians are medians. */
class RoundsTest {
  private record Named(String name, Runnable work) implements Rounds.Arm {
    @Override
    public void run() {
      work.run();
    }
  }

  @Test
  void everyRoundRunsAllArmsAndTheOrderTurns() {
    List<String> runs = new ArrayList<>();
    Map<String, Rounds.Times> times =
        new Rounds(2, note -> {})
            .time(
                List.of(
                    new Named("a", () -> runs.add("a")),
                    new Named("b", () -> runs.add("b")),
                    new Named("c", () -> runs.add("c"))));
    assertThat(runs).containsExactly("c", "b", "a", "a", "b", "c", "c", "b", "a");
    assertThat(times.keySet()).containsExactly("a", "b", "c");
    times.values().forEach(time -> assertThat(time.seconds()).hasSize(2));
  }

  @Test
  void anArmThatFailsIsToldAndTheOthersGoOn() {
    List<String> runs = new ArrayList<>();
    IllegalStateException broken = new IllegalStateException("broken");
    Runnable failsTheSecondTime =
        () -> {
          runs.add("bad");
          if (runs.stream().filter("bad"::equals).count() == 2) {
            throw broken;
          }
        };
    Map<String, Rounds.Times> times =
        new Rounds(3, note -> {})
            .time(
                List.of(
                    new Named("bad", failsTheSecondTime),
                    new Named("good", () -> runs.add("good"))));
    assertThat(times.get("bad").failure()).isSameAs(broken);
    assertThat(times.get("good").failure()).isNull();
    assertThat(times.get("good").seconds()).hasSize(3);
    assertThat(runs).filteredOn("bad"::equals).hasSize(2);
  }

  @Test
  void theMedianIsTheMiddleOrTheMeanOfTheTwoInTheMiddle() {
    assertThat(new Rounds.Times(List.of(9.0, 1.0, 2.0), null).median()).isEqualTo(2);
    assertThat(new Rounds.Times(List.of(4.0, 9.0, 1.0, 2.0), null).median()).isEqualTo(3);
  }
}
