package org.smartbert.jobs.actions.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.actions.SmartBertJobs;

/** The real jars, downloaded by the real Maven. */
@Tag("slow")
class MavenCentralSamplesTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"wordnet-glosses, 81561, 26, 71.5", "languagetool, 21469, 2, 60.2"})
  void theJarHasTheRowsThatTheDocumentsName(String name, int rows, int classes, double floor) {
    SampleResult result =
        SmartBertJobs.with(TestSpark.local())
            .sample(new SampleRequest(Samples.require(name), folder.resolve(name).toString()));
    assertThat(result.rows().all()).isEqualTo(rows);
    assertThat(result.rows().classes()).isEqualTo(classes);
    assertThat(100 * result.floor().accuracy().value()).isCloseTo(floor, within(0.1));
    assertThat(folder.resolve(name).resolve("NOTICE")).content().contains("Copyright");
  }
}
