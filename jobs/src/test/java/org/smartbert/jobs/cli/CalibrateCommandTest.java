package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.io.LearnedRows;
import org.smartbert.jobs.statistics.BinomialTest;
import org.smartbert.jobs.statistics.FixedSequence;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.calibration.Certificate;
import org.smartbert.model.calibration.CertifiedModel;
import org.smartbert.model.calibration.Reference;
import org.smartbert.model.calibration.Risk;

/** The command calibrate: its numbers are those of score, and score does what it certified. */
class CalibrateCommandTest {
  private static final BertConfig CONFIG = TinyModels.config(4, 32, 3);
  private static final int ROWS = 400;
  private static final String GRID = "--thresholds=0.2,0.4,0.6,0.7,0.8,0.9,1,1.05,1.0986";

  /** Input and model are only read. */
  @TempDir(cleanup = CleanupMode.NEVER)
  static Path shared;

  private static Path model;
  private static Path input;

  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  @BeforeAll
  static void writeInput() {
    model = TinyModels.write(shared.resolve("model"), CONFIG, 4);
    input = write("input", ROWS, "LABEL_0", "LABEL_1", "LABEL_2");
  }

  @Test
  void agreementIsThatOfScoreAndScoreUsesTheCertifiedThreshold() {
    TestSpark.Outcome outcome =
        calibrate(input, "--promise=agreement", "--epsilon=0.3", "--confidence=0.9", GRID);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    List<Row> lines = lines();
    assertThat(lines).hasSize(10);
    List<Row> reference = score(model, "reference", "--entropy-threshold=0");
    // Thresholds at which all agree, or nothing is saved, would make equal numbers easy.
    assertThat(lines.get(9).<Long>getAs("errors")).isBetween(1L, ROWS - 1L);
    BinomialTest test = new BinomialTest(0.3, 0.1);
    double[] p = new double[lines.size()];
    for (int i = 0; i < p.length; i++) {
      p[i] = lines.get(i).getAs("p_value");
      assertThat(p[i])
          .isCloseTo(test.pValue(lines.get(i).<Long>getAs("errors"), ROWS), within(1e-12));
    }
    int certified = FixedSequence.rejected(p, 0.1);
    assertThat(certified).isBetween(2, 10);
    int chosen = 0;
    for (int i = 0; i < p.length; i++) {
      assertThat(lines.get(i).<Boolean>getAs("certified")).isEqualTo(i < certified);
      boolean cheaper =
          lines.get(i).<Double>getAs("cost") < lines.get(chosen).<Double>getAs("cost");
      chosen = i < certified && cheaper ? i : chosen;
    }
    Row best = lines.get(chosen);
    assertThat(lines.stream().filter(line -> line.<Boolean>getAs("chosen"))).containsExactly(best);

    Certificate certificate = CertifiedModel.read(calibrated()).orElseThrow();
    assertThat(certificate.policy().entropyThreshold()).isEqualTo(best.<Float>getAs("threshold"));
    assertThat(certificate.tested().orElseThrow().errors()).isEqualTo(best.<Long>getAs("errors"));
    assertThat(certificate.evidence().grid()).hasSize(10).startsWith(0f, 0.2f);
    assertThat(certificate.evidence().rows().count()).isEqualTo(ROWS);
    assertThat(calibrated().resolve("model.safetensors"))
        .hasSameBinaryContentAs(model.resolve("model.safetensors"));

    List<Row> scored = score(calibrated(), "scored");
    assertThat(scored.get(0).<Float>getAs("entropy_threshold"))
        .isEqualTo(best.<Float>getAs("threshold"));
    assertThat(errors(scored, reference)).isEqualTo(best.<Long>getAs("errors"));
    assertThat(cost(scored)).isCloseTo(best.<Double>getAs("cost"), within(1e-9));
    assertThat(certificate.cost().low()).isLessThan(cost(scored));
    assertThat(certificate.cost().high()).isGreaterThan(cost(scored));
  }

  @Test
  @Tag("long")
  void scoreSaysWhatThresholdItUsesAndWhereThePromiseDoesNotHold() {
    assertThat(calibrate(input, "--promise=agreement", "--epsilon=0.3", GRID).code()).isZero();
    float certified = CertifiedModel.read(calibrated()).orElseThrow().policy().entropyThreshold();
    String line = "Entropy threshold " + certified + " by the model's certificate: at most 30 %";
    assertThat(run(calibrated(), "on").err()).containsOnlyOnce(line).doesNotContain("not hold");
    assertThat(run(calibrated(), "off", "--gates=off").err())
        .containsOnlyOnce(line)
        .contains("That does not hold for this run: calibrated with gates on")
        .contains("run with gates off");
    TestSpark.Outcome given = run(calibrated(), "given", "--entropy-threshold=0.1");
    assertThat(given.err()).doesNotContain("certificate");
    assertThat(read("given").get(0).<Float>getAs("entropy_threshold")).isEqualTo(0.1f);

    TinyModels.fill(calibrated(), 0.5f);
    TestSpark.Outcome other = run(calibrated(), "other");
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err())
        .contains("The certificate in " + calibrated().resolve("config.json") + " is of other")
        .contains("calibrate this model, or give --entropy-threshold");
    assertThat(folder.resolve("other")).doesNotExist();
  }

  @Test
  @Tag("long")
  void accuracyIsThatOfScoreAgainstFullDepth() {
    TestSpark.Outcome outcome =
        calibrate(input, "--promise=accuracy", "--epsilon=0.2", "--reference=full-depth", GRID);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    List<Row> full = score(model, "full", "--entropy-threshold=0", "--gates=off");
    long wrongAtFullDepth = wrong(full);
    for (float threshold : new float[] {0, 0.9f}) {
      List<Row> scored = score(model, "at" + threshold, "--entropy-threshold=" + threshold);
      Row line =
          lines().stream()
              .filter(each -> each.<Float>getAs("threshold") == threshold)
              .findFirst()
              .orElseThrow();
      assertThat(line.<Long>getAs("errors")).isEqualTo(wrong(scored) - wrongAtFullDepth);
      assertThat(line.<Double>getAs("cost")).isCloseTo(cost(scored), within(1e-9));
      // Gates decide: the two references are different ones.
      assertThat(errors(scored, full)).isPositive();
    }
    Certificate.Tested tested =
        CertifiedModel.read(calibrated()).orElseThrow().tested().orElseThrow();
    assertThat(tested.promise())
        .isEqualTo(new Certificate.Promise(Risk.ACCURACY, 0.2, 0.95, Reference.FULL_DEPTH));
  }

  @Test
  @Tag("long")
  void nothingCertifiedIsThresholdZeroAndSaysSo() {
    // Gates of random weights change more than one label in a hundred.
    TestSpark.Outcome outcome =
        calibrate(input, "--promise=agreement", "--reference=full-depth", GRID);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains("No threshold was shown to keep the promise. The model has threshold 0");
    Certificate certificate = CertifiedModel.read(calibrated()).orElseThrow();
    assertThat(certificate.policy().entropyThreshold()).isZero();
    assertThat(certificate.tested().orElseThrow().certified()).isFalse();
    assertThat(run(calibrated(), "scored").err())
        .contains("Entropy threshold 0.0 by the model's certificate: nothing is promised");
  }

  @Test
  @Tag("long")
  void aBudgetIsKeptOrItIsToldThatItIsNot() {
    assertThat(calibrate(input, "--budget=0.8", GRID).code()).isZero();
    List<Row> lines = lines();
    float first =
        lines.stream()
            .filter(line -> line.<Double>getAs("cost") <= 0.8)
            .findFirst()
            .orElseThrow()
            .getAs("threshold");
    Certificate certificate = CertifiedModel.read(calibrated()).orElseThrow();
    assertThat(certificate.policy().entropyThreshold()).isEqualTo(first);
    assertThat(certificate.tested()).isEmpty();

    TestSpark.Outcome both =
        TestSpark.run(
            arguments(
                input,
                "both",
                "--budget=0.001",
                "--promise=agreement",
                "--epsilon=0.3",
                "--thresholds=0.2"));
    assertThat(both.code()).as(both.err()).isZero();
    assertThat(both.out()).contains("That is beyond the budget of 0.001: no threshold keeps both");

    TestSpark.Outcome none =
        TestSpark.run(arguments(input, "none", "--budget=0.001", "--thresholds=0.2"));
    assertRefused(none, "none", "--budget is 0.001 and no threshold costs as little");
  }

  @Test
  void numbersOutOfRangeAreRefusedByName() {
    assertRefused("--epsilon is 0.0; it must be above 0 and below 1", agreement("--epsilon=0"));
    assertRefused("--epsilon is NaN; it must be", agreement("--epsilon=NaN"));
    assertRefused("--confidence is 1.0; it must be", agreement("--confidence=1"));
    assertRefused("--budget is 1.5; it must be above 0 and at most 1", "--budget=1.5");
    assertRefused("Neither --promise nor --budget is given");
    assertRefused("belong to a promise, and none is given", "--budget=0.5", "--epsilon=0.1");
    assertRefused(
        "--thresholds has 0.2 after 0.5; give numbers", agreement("--thresholds=0.5,0.2"));
    assertRefused("--thresholds has -1.0 after 0.0", agreement("--thresholds=-1,0.2"));
    assertRefused(
        "--reference is gates-on and --gates is off",
        agreement("--reference=gates-on", "--gates=off"));
  }

  @Test
  void rowsThatDoNotDoAreRefused() {
    Path few = write("few", 298, "LABEL_0", "LABEL_1");
    assertRefused(
        calibrate(few, agreement()),
        "calibrated",
        "has 298 rows to calibrate on, too few for --epsilon 0.01 and --confidence 0.95 even"
            + " without an error; give 299 rows or more");
    assertRefused(
        calibrate(few, "--promise=accuracy"),
        "calibrated",
        "has 298 rows",
        "give 410 rows or more");
    assertRefused(
        calibrate(write("none", 0, "LABEL_0"), agreement()),
        "calibrated",
        "holds no row with a text in text");
    assertRefused(
        calibrate(write("unknown", 420, "LABEL_0", "seven"), "--promise=accuracy"),
        "calibrated",
        "holds labels that the model " + model + " does not know (\"seven\")");
  }

  @Test
  void rowsThatTheModelKnowsAreRefusedOrLeftOut() {
    Path knowing = TinyModels.write(folder.resolve("knowing"), CONFIG, 4);
    Dataset<Row> rows =
        TestSpark.local()
            .read()
            .format("delta")
            .load(input.toString())
            .selectExpr("text AS first", "CAST(NULL AS STRING) AS second", "id");
    LearnedRows.write(rows.filter("id < 60"), knowing.toString(), new Configuration());
    assertRefused(
        calibrate(input, agreement("--epsilon=0.3", "--model=" + knowing)),
        "calibrated",
        "was trained or validated on 60 of the 400 rows of " + input,
        "or --learned-rows drop");
    TestSpark.Outcome dropped =
        calibrate(input, agreement("--epsilon=0.3", "--learned-rows=drop", "--model=" + knowing));
    assertThat(dropped.code()).as(dropped.err()).isZero();
    assertThat(dropped.out()).contains("60 of them were left out: the model was trained");
    Certificate certificate = CertifiedModel.read(calibrated()).orElseThrow();
    assertThat(certificate.evidence().rows().count()).isEqualTo(ROWS - 60);
    assertThat(LearnedRows.of(calibrated())).as("handed on").isPresent();
    LearnedRows.write(rows, knowing.toString(), new Configuration());
    assertRefused(
        calibrate(
            input,
            agreement(
                "--learned-rows=drop", "--output=" + folder.resolve("all"), "--model=" + knowing)),
        "all",
        "validated on 400 of the 400 rows",
        "give other rows.");
  }

  @Test
  void modelsWithoutExitsAndOutputsThatAreTakenAreRefused() {
    Path plain =
        TinyModels.write(folder.resolve("plain"), CONFIG.withMechanism(Method.BERT.mechanism()), 4);
    assertRefused(
        calibrate(input, agreement("--model=" + plain)),
        "calibrated",
        "The model " + plain + " (method bert) has no early exits");
    TestSpark.Outcome taken = calibrate(input, agreement("--output=" + plain));
    assertThat(taken.code()).isEqualTo(2);
    assertThat(taken.err()).contains("The output " + plain + " exists already and is not empty");
  }

  private static String[] agreement(String... more) {
    return Stream.concat(Stream.of("--promise=agreement"), Stream.of(more)).toArray(String[]::new);
  }

  private void assertRefused(String message, String... options) {
    assertRefused(calibrate(input, options), "calibrated", message);
  }

  private void assertRefused(TestSpark.Outcome outcome, String output, String... messages) {
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.err()).contains(messages);
    assertThat(folder.resolve(output)).doesNotExist();
  }

  private Path calibrated() {
    return folder.resolve("calibrated");
  }

  private TestSpark.Outcome calibrate(Path rows, String... more) {
    return TestSpark.run(arguments(rows, "calibrated", more));
  }

  /** An option that is given again takes the place of ours. */
  private String[] arguments(Path rows, String output, String... more) {
    List<String> arguments = new ArrayList<>(List.of(more));
    List<String> ours =
        List.of(
            "--input=" + rows,
            "--model=" + model,
            "--output=" + folder.resolve(output),
            "--tables-root=" + folder.resolve("tables"));
    for (String option : ours) {
      String name = option.substring(0, option.indexOf('=') + 1);
      if (arguments.stream().noneMatch(given -> given.startsWith(name))) {
        arguments.add(option);
      }
    }
    arguments.add(0, "calibrate");
    return arguments.toArray(String[]::new);
  }

  private List<Row> lines() {
    return TestSpark.local()
        .read()
        .format("delta")
        .load(folder.resolve("tables/calibrations").toString())
        .orderBy("threshold")
        .collectAsList();
  }

  private TestSpark.Outcome run(Path scorer, String output, String... more) {
    return TestSpark.run(
        Stream.concat(
                Stream.of(
                    "score",
                    "--incremental=off",
                    "--input=" + input,
                    "--model=" + scorer,
                    "--output=" + folder.resolve(output),
                    "--tables-root=" + folder.resolve("tables")),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private List<Row> score(Path scorer, String output, String... more) {
    TestSpark.Outcome outcome = run(scorer, output, more);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return read(output);
  }

  private List<Row> read(String output) {
    return TestSpark.local()
        .read()
        .format("delta")
        .load(folder.resolve(output).toString())
        .orderBy("id")
        .collectAsList();
  }

  private static long errors(List<Row> scored, List<Row> reference) {
    long errors = 0;
    for (int r = 0; r < scored.size(); r++) {
      String other = reference.get(r).getAs("prediction");
      errors += scored.get(r).<String>getAs("prediction").equals(other) ? 0 : 1;
    }
    return errors;
  }

  private static long wrong(List<Row> scored) {
    return scored.stream()
        .filter(row -> !row.<String>getAs("prediction").equals(row.<String>getAs("label")))
        .count();
  }

  private static double cost(List<Row> scored) {
    return scored.stream().mapToLong(row -> row.<Long>getAs("flops")).sum()
        / (double) scored.stream().mapToLong(row -> row.<Long>getAs("flops_full")).sum();
  }

  private static Path write(String name, int count, String... labels) {
    List<Row> rows = new ArrayList<>();
    for (long id = 0; id < count; id++) {
      String text =
          String.format(Locale.ROOT, "w%d w%d%s", id % 60, id % 11, " w3".repeat((int) id % 9));
      rows.add(RowFactory.create(id, text, labels[(int) id % labels.length]));
    }
    Path path = shared.resolve(name);
    TestSpark.writeDelta(path.toString(), "id BIGINT, text STRING, label STRING", rows);
    return path;
  }
}
