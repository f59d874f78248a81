package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.io.ModelDirectory;

/** From a trained model to int8 predictions, as a user goes. */
class QuantizeCommandTest {
  private static final BertConfig CONFIG = TinyModels.config(4, 32, 3);

  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  private Path model;
  private Path input;

  @BeforeEach
  void writeInput() {
    model = TinyModels.write(folder.resolve("model"), CONFIG, 4);
    input = folder.resolve("input");
    List<Row> rows =
        LongStream.range(0, 200)
            .mapToObj(id -> RowFactory.create(id, "w" + id % 60 + " w" + id % 7 + " w3"))
            .toList();
    TestSpark.writeDelta(input.toString(), "id BIGINT, text STRING", rows);
  }

  @Test
  void anInt8ModelIsMadeAndScored() throws IOException {
    TestSpark.Outcome made = quantize("--sample-rows=80");
    assertThat(made.code()).as(made.err()).isZero();
    assertThat(made.out()).contains("Calibrated on 80 rows.").contains("keep their label");
    Path int8 = folder.resolve("int8");
    assertThat(Files.size(int8.resolve("model.safetensors")))
        .isLessThan(Files.size(model.resolve("model.safetensors")));

    List<Row> exact = score(model, "exact", "--precision=fp32");
    List<Row> whole = score(int8, "whole", "--precision=int8");
    List<Row> chosen = score(int8, "chosen", "--precision=auto");
    int same = 0;
    for (int r = 0; r < exact.size(); r++) {
      same += exact.get(r).getAs("prediction").equals(whole.get(r).getAs("prediction")) ? 1 : 0;
      assertThat(chosen.get(r).<Float>getAs("entropy"))
          .isEqualTo(whole.get(r).<Float>getAs("entropy"));
    }
    assertThat(same).isGreaterThan(180);
    // int8 is not float32 under another name.
    assertThat(whole.stream().map(r -> r.<Float>getAs("entropy")).toList())
        .isNotEqualTo(exact.stream().map(r -> r.<Float>getAs("entropy")).toList());
  }

  @Test
  void int8OfAModelThatIsNotQuantisedIsRefused() {
    TestSpark.Outcome outcome =
        TestSpark.run(
            "score",
            "--incremental=off",
            "--input=" + input,
            "--model=" + model,
            "--output=" + folder.resolve("scored"),
            "--precision=int8");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("is not quantised; write an int8 model with smartbert");
    assertThat(folder.resolve("scored")).doesNotExist();
  }

  @Test
  void quantisingTwiceAndConvertingWhatIsQuantisedAreRefused() {
    assertThat(quantize().code()).isZero();
    TestSpark.Outcome again =
        TestSpark.run(
            "quantize",
            "--input=" + input,
            "--model=" + folder.resolve("int8"),
            "--output=" + folder.resolve("again"));
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).contains("is already quantised");
    TestSpark.Outcome converted =
        TestSpark.run(
            "convert",
            "--input=" + input,
            "--model=" + folder.resolve("int8"),
            "--output=" + folder.resolve("converted"));
    assertThat(converted.code()).as(converted.err()).isEqualTo(2);
    assertThat(converted.err())
        .contains(
            "The model in "
                + folder.resolve("int8")
                + " is quantised; convert the model that it was quantised from");
    assertThat(folder.resolve("converted")).doesNotExist();
  }

  @Test
  void aSampleWithoutTextsIsRefused() {
    Path empty = folder.resolve("empty");
    TestSpark.writeDelta(
        empty.toString(),
        "id BIGINT, text STRING",
        List.of(RowFactory.create(1L, null), RowFactory.create(2L, null)));
    TestSpark.Outcome outcome =
        TestSpark.run(
            "quantize",
            "--input=" + empty,
            "--model=" + model,
            "--output=" + folder.resolve("int8"));
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("holds no row with a text in text");
    assertThat(quantize("--sample-rows=0").err()).contains("--sample-rows is 0");
    assertThat(folder.resolve("int8")).doesNotExist();
  }

  @Test
  void trainingInInt8IsRefused() {
    TestSpark.Outcome outcome =
        TestSpark.run(
            "train",
            "--input=" + input,
            "--model=" + model,
            "--output=" + folder.resolve("trained"),
            "--precision=int8");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("--precision int8 is for scoring");
  }

  private TestSpark.Outcome quantize(String... more) {
    String[] all =
        Stream.concat(
                Stream.of(
                    "quantize",
                    "--input=" + input,
                    "--model=" + model,
                    "--output=" + folder.resolve("int8")),
                Stream.of(more))
            .toArray(String[]::new);
    return TestSpark.run(all);
  }

  private List<Row> score(Path scored, String name, String precision) {
    TestSpark.Outcome outcome =
        TestSpark.run(
            "score",
            "--incremental=off",
            "--input=" + input,
            "--model=" + scored,
            "--output=" + folder.resolve(name),
            precision,
            "--tables-root=" + folder.resolve("tables"));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(ModelDirectory.isQuantised(scored)).isEqualTo(!scored.equals(model));
    return TestSpark.local()
        .read()
        .format("delta")
        .load(folder.resolve(name).toString())
        .orderBy("id")
        .collectAsList();
  }
}
