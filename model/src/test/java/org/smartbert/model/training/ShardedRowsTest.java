package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShardedRowsTest {
  @Test
  void lanesGiveEachWorkerItsOwnRowsOfTheSameBatches() {
    List<LabelledText> rows = TrainingLoopTest.rows(101, 3);
    ShardedRows whole = ShardedRows.all(rows, 16);
    for (int workers : List.of(2, 3, 4, 16)) {
      List<List<List<LabelledText>>> shares = new ArrayList<>();
      for (int rank = 0; rank < workers; rank++) {
        List<LabelledText> own = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
          if (ShardedRows.owner(i, 16, workers) == rank) {
            own.add(rows.get(i));
          }
        }
        shares.add(new ShardedRows(101, own, 16, rank, workers).epoch(9));
      }
      List<List<LabelledText>> expected = whole.epoch(9);
      assertThat(expected).hasSize(7);
      assertThat(expected.get(6)).hasSize(5);
      for (int b = 0; b < expected.size(); b++) {
        List<LabelledText> together = new ArrayList<>();
        for (List<List<LabelledText>> share : shares) {
          together.addAll(share.get(b));
        }
        assertThat(together).containsExactlyElementsOf(expected.get(b));
      }
    }
    assertThat(whole.epoch(9)).isNotEqualTo(whole.epoch(10));
  }
}
