package org.smartbert.jobs.actions.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.TestSpark;

/** Validation rows whose texts training rows hold too. */
class TextOverlapTest {
  private static final boolean TRAIN = false;
  private static final boolean HELD = true;

  private final List<Row> rows = new ArrayList<>();

  @Test
  void equalAndContainedTextsAreCounted() {
    add("A film of  great beauty", null, TRAIN);
    add("dull", null, TRAIN);
    add("dull", null, TRAIN);
    add("one two", "three four", TRAIN);
    // Equal but for case and blanks.
    add(" a Film of great beauty ", null, HELD);
    add("one two", "three  four", HELD);
    // Contained, and twice.
    add("film of great", null, HELD);
    add("film of great", null, HELD);
    // Too short; not whole words; the other way round; one text of the pair alone.
    add("great beauty", null, HELD);
    add("ilm of great", null, HELD);
    add("a film of great beauty indeed", null, HELD);
    add("one two", null, HELD);
    TextOverlap overlap = TextOverlap.of(dataset());
    assertThat(overlap).isEqualTo(new TextOverlap(8, 2, Optional.of(2L)));
    assertThat(overlap.warning().orElseThrow())
        .isEqualTo(
            "Warning: of 8 validation rows 2 have the text of a training row and 2 have a text that"
                + " is part of one, so that validation accuracy is too high; hold out whole groups"
                + " with --group-column, or give other rows with --validation.");
  }

  @Test
  void inLargeInputsEqualTextsAloneAreCounted() {
    for (int i = 0; i < 4000; i++) {
      add("some text number " + i, null, TRAIN);
      add("some text number " + (i + 3000), null, HELD);
    }
    TextOverlap overlap = TextOverlap.of(dataset());
    assertThat(overlap).isEqualTo(new TextOverlap(4000, 1000, Optional.empty()));
    assertThat(overlap.warning().orElseThrow()).contains("1,000 have the text of a training row, ");
  }

  @Test
  void aFewAreTolerated() {
    assertThat(new TextOverlap(100, 3, Optional.of(2L)).warning()).isEmpty();
    assertThat(new TextOverlap(100, 3, Optional.of(3L)).warning()).isPresent();
  }

  private void add(String first, String second, boolean validation) {
    rows.add(RowFactory.create(first, second, 0, validation));
  }

  private Dataset<Row> dataset() {
    return TestSpark.local()
        .createDataFrame(
            rows, StructType.fromDDL("first STRING, second STRING, label INT, validation BOOLEAN"));
  }
}
