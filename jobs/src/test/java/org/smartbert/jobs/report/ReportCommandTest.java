package org.smartbert.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.history.EvaluationsTable;
import org.smartbert.jobs.history.HandMadePredictions;

/** The report: the content of the file, and how a browser renders it. */
class ReportCommandTest {
  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  private Path predictions;
  private Path html;

  @BeforeEach
  void writePredictions() {
    TestSpark.local();
    predictions = Path.of(HandMadePredictions.write(folder, "predictions", "").name());
    html = folder.resolve("report.html");
  }

  @Test
  void theFileHoldsTheNumbersAndNothingFromOutside() throws IOException {
    evaluate("models/one", 0.1f, 0.9, 40);
    evaluate("models/one", 0.3f, 0.8, 20);
    TestSpark.Outcome outcome = report();
    assertThat(outcome.code()).as(outcome.err()).isZero();
    String page = Files.readString(html);
    assertThat(page)
        .contains("6 rows of " + predictions)
        .contains("at a cost of 0.367 of full depth")
        .contains("<td class=\"number\">33.3 %</td>")
        .contains("<h2 id=\"accuracy-title\">Accuracy against FLOPs</h2>")
        .contains("90.00 (88.00 to 92.00)")
        .contains("one (deebert)")
        .doesNotContain("The costliest rows");
    // Links in Chart.js's own comments load nothing; elements that load are what counts.
    assertThat(page).doesNotContainPattern("<(script|link|img|iframe)[^>]+(src|href)=");
  }

  @Test
  void rowsAreShownOnDemandAndTextsAreEscaped() throws IOException {
    TestSpark.Outcome outcome = report("--rows=2", "--text-column=truth");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(Files.readString(html))
        .contains("The costliest rows")
        .contains("The least certain rows")
        .contains("<td>bad</td><td>bad</td>");
    assertThat(ReportPage.of("<b>", "", List.of(section("</script><img src=x>")), Map.of()))
        .contains("&lt;b&gt;")
        .doesNotContain("<img src=x>");
  }

  /** A page of whole documents would not open. */
  @Test
  void longTextsAreCutAndRowsWithoutAnAnswerHaveNoSums() throws IOException {
    Path made = folder.resolve("made");
    TestSpark.local()
        .read()
        .format("delta")
        .load(predictions.toString())
        .withColumn("truth", functions.lit("x".repeat(100_000)))
        .write()
        .format("delta")
        .save(made.toString());
    predictions = made;
    assertThat(report("--rows=2", "--text-column=truth").code()).isZero();
    assertThat(Files.size(html)).isLessThan(1_000_000);
    assertThat(Files.readString(html)).contains("<td>" + "x".repeat(300) + "\u2026</td>");

    TestSpark.local().sql("DELETE FROM delta.`" + made + "` WHERE error IS NULL");
    TestSpark.Outcome none = report("--rows=2");
    assertThat(none.code()).as(none.err()).isZero();
    assertThat(Files.readString(html)).contains("made holds no row with a prediction.");
  }

  @Test
  void evaluationsOfOneModelInTwoPrecisionsAreTwoLines() throws IOException {
    evaluate("models/one", 0.1f, 0.9, 40);
    evaluate("models/one", 0.1f, 0.8, 40, "bf16");
    assertThat(report().code()).isZero();
    assertThat(Files.readString(html))
        .contains("one (deebert), fp32")
        .contains("90.00 (88.00 to 92.00)")
        .contains("one (deebert), bf16")
        .contains("80.00 (78.00 to 82.00)");
  }

  @Test
  void aBrowserDrawsEveryChart() throws IOException, InterruptedException {
    evaluate("models/one", 0.1f, 0.9, 40);
    evaluate("models/one", 0.3f, 0.8, 20);
    assertThat(report().code()).isZero();
    Path browser = browser();
    assumeTrue(browser != null, "no chromium");
    String dom = run(browser, "--dump-dom", html.toUri().toString());
    assertThat(dom.split("data-drawn=\"yes\"", -1)).as("charts drawn").hasSize(1 + 3);
    assertThat(dom).contains("<td class=\"number\">33.3 %</td>");
    Set<Integer> light = colours(browser, "light", "");
    Set<Integer> dark = colours(browser, "dark", "--force-dark-mode");
    // A page that failed to draw has few colours.
    assertThat(light).hasSizeGreaterThan(50);
    assertThat(dark).isNotEmpty();
  }

  @Test
  void badInputIsRefused() {
    assertThat(report("--text-column=nothing").err())
        .contains("The predictions have no column nothing; give --text-column one of: id, truth");
    TestSpark.Outcome none =
        TestSpark.run("report", "--predictions=" + folder.resolve("none"), "--output=" + html);
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err()).contains("are not a Delta table; give the --output of a score run");
    assertThat(report("--rows=-1").code()).isEqualTo(2);
    assertThat(html).doesNotExist();
  }

  private TestSpark.Outcome report(String... more) {
    return TestSpark.run(
        Stream.concat(
                Stream.of(
                    "report",
                    "--predictions=" + predictions,
                    "--output=" + html,
                    "--tables-root=" + folder.resolve("tables")),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private void evaluate(String model, float threshold, double accuracy, double mflops) {
    evaluate(model, threshold, accuracy, mflops, "fp32");
  }

  private void evaluate(
      String model, float threshold, double accuracy, double mflops, String precision) {
    List<Object> values = new ArrayList<>();
    values.addAll(List.of(Timestamp.valueOf("2026-03-01 09:00:00"), model, "m1", "dev", "1", 100L));
    values.addAll(List.of("on", "entropy", threshold));
    for (int metric = 0; metric < 3; metric++) {
      values.addAll(List.of(accuracy, accuracy - 0.02, accuracy + 0.02));
    }
    values.addAll(List.of(3.0, mflops * 1e6, 0.5, 2.0, mflops, 1.9, precision, "deebert"));
    Row row = RowFactory.create(values.toArray());
    new EvaluationsTable(TestSpark.local(), folder.resolve("tables").toString())
        .append(List.of(row));
  }

  private static Section section(String text) {
    return new Section(
        "s",
        "t",
        "",
        new Section.Chart("bar", text, "y", List.of(text), List.of()),
        List.of("c"),
        List.of(List.of(Section.Cell.text(text))));
  }

  private Set<Integer> colours(Path browser, String name, String option)
      throws IOException, InterruptedException {
    Path picture = folder.resolve(name + ".png");
    run(
        browser,
        "--screenshot=" + picture,
        "--window-size=1000,1600",
        option,
        html.toUri().toString());
    var image = ImageIO.read(picture.toFile());
    Set<Integer> colours = new HashSet<>();
    for (int x = 0; x < image.getWidth(); x++) {
      for (int y = 0; y < image.getHeight(); y++) {
        colours.add(image.getRGB(x, y));
      }
    }
    return colours;
  }

  /** Chromium, or null with loud words where there is none. */
  private static Path browser() {
    for (String place :
        List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")) {
      if (Files.isExecutable(Path.of(place))) {
        return Path.of(place);
      }
    }
    System.err.println(
        "***** NOT TESTED: the report in a browser, because there is no Chromium; install the"
            + " package chromium. *****");
    return null;
  }

  private String run(Path browser, String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                browser.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + folder.resolve("browser")));
    Stream.of(arguments).filter(argument -> !argument.isEmpty()).forEach(command::add);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return printed;
  }
}
