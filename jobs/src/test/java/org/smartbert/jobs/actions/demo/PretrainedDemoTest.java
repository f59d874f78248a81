package org.smartbert.jobs.actions.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.actions.conversion.ConvertResult;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.ProgressDisplay;
import org.smartbert.jobs.actions.samples.SampleResult;
import org.smartbert.jobs.demo.DemoData;
import org.smartbert.jobs.samples.HandMadeJars;
import org.smartbert.jobs.samples.Part;
import org.smartbert.jobs.samples.WordNetGlosses;
import org.smartbert.model.InvalidInputException;

/** The demo's steps, with a hand-made jar and a small backbone in place of the downloads. */
class PretrainedDemoTest {
  @TempDir private Path folder;

  private PretrainedDemo demo(Path jar, Path into) {
    return new PretrainedDemo(
        new JobContext(TestSpark.local(), "unused", ProgressDisplay.NONE),
        new PretrainedDemoRequest(into, 120, 100),
        new WordNetGlosses(HandMadeJars.coordinates(jar)),
        HandMadeJars.copying(jar));
  }

  private static List<Row> texts(Path table) {
    return TestSpark.local()
        .read()
        .format("delta")
        .load(table.toString())
        .select("text")
        .collectAsList();
  }

  @Test
  @Tag("slow")
  void allStepsRunAndTheScoredRowsWereNotSeen() {
    Path jar = HandMadeJars.glosses(folder, 1200);
    DemoData.write(TestSpark.local(), folder.resolve("generated"), 100, 100);
    Path backbone = folder.resolve("generated/backbone");
    Path into = folder.resolve("demo");
    PretrainedDemo demo = demo(jar, into);

    SampleResult sample = demo.sample();
    assertThat(sample.rows().parts().get(Part.TRAIN)).isGreaterThan(120);
    List<Row> train = texts(into.resolve("glosses_train"));
    List<Row> test = texts(into.resolve("glosses_test"));
    assertThat(train).hasSize(120);
    assertThat(test).hasSize(100).doesNotContainAnyElementsOf(train);
    assertThat(texts(into.resolve("glosses_validation")))
        .hasSize(sample.rows().parts().get(Part.VALIDATION))
        .doesNotContainAnyElementsOf(train)
        .doesNotContainAnyElementsOf(test);
    assertThat(demo.naiveBayes().accuracy().value()).isEqualTo(1);

    assertThat(demo.fineTune(backbone).job().trainRows()).isEqualTo(120);
    List<Row> others = texts(into.resolve("glosses_unlabelled"));
    assertThat(others).hasSize(120).doesNotContainAnyElementsOf(train);
    ConvertResult exits = demo.addExits();
    assertThat(exits.job().trainRows() + exits.job().validationRows()).isEqualTo(120);
    List<ThresholdChoice> choices = demo.thresholds();
    assertThat(choices.get(0).threshold()).isLessThan(choices.get(1).threshold());

    DemoScores full = demo.fullDepth();
    assertThat(full.run().totals().rows()).isEqualTo(100);
    assertThat(full.run().totals().layers()).isEqualTo(6);
    assertThat(full.run().exits()).hasSize(1);
    DemoScores careful = demo.careful(choices.get(0));
    assertThat(careful.early()).isNotEmpty();
    assertThat(careful.early().get(0).exitLayer())
        .isEqualTo(careful.run().exits().get(0).exitLayer())
        .isLessThanOrEqualTo(careful.deep().get(0).exitLayer());
    long right =
        TestSpark.local()
            .read()
            .format("delta")
            .load(demo.predictions().toString())
            .filter("prediction = label")
            .count();
    assertThat(careful.accuracy().value()).isEqualTo(right / 100.0);
  }

  @Test
  void whatIsNotADemosIsNotRemoved() throws IOException {
    Path jar = HandMadeJars.glosses(folder, 40);
    Path mine = Files.createDirectory(folder.resolve("mine"));
    Files.writeString(mine.resolve("thesis.txt"), "years of work");
    assertThatThrownBy(() -> demo(jar, mine).sample())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(mine.toString(), "--folder");
    assertThat(mine.resolve("thesis.txt")).hasContent("years of work");
    assertThat(HandMadeJars.runs(jar)).doesNotExist();
  }

  @Test
  void tooFewRowsAreRefused() {
    assertThatThrownBy(() -> new PretrainedDemoRequest(folder, 99, 1000))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("--train-rows is 99", "--generated");
  }
}
