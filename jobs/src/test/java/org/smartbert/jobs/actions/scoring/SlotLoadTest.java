package org.smartbert.jobs.actions.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** How long a stage takes is what its busiest slot gets. */
class SlotLoadTest {
  @Test
  void tasksOfOneSizeComeInWaves() {
    assertThat(SlotLoad.longest(4, 2)).isEqualTo(0.5);
    assertThat(SlotLoad.longest(3, 2)).isEqualTo(2.0 / 3);
    assertThat(SlotLoad.longest(1, 8)).isEqualTo(1);
  }

  @Test
  void aTaskGoesToTheSlotThatIsFreeFirst() {
    assertThat(SlotLoad.longest(new double[] {3, 1, 1, 1}, 2)).isEqualTo(0.5);
    // The large one comes last, when both slots are as far.
    assertThat(SlotLoad.longest(new double[] {1, 1, 4}, 2)).isCloseTo(5.0 / 6, within(1e-12));
    assertThat(SlotLoad.longest(new double[] {1, 1, 1}, 2)).isCloseTo(2.0 / 3, within(1e-12));
  }
}
