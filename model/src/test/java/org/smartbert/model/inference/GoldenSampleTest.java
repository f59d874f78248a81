package org.smartbert.model.inference;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Both classifiers decide every row of the project's own sample as the reference did when the
 * sample was made (src/test/golden/README.md): fidelity that needs only the project's own files.
 */
class GoldenSampleTest {
  private static final Path SAMPLE = Path.of("src/test/golden/smartbert-4x16");

  @Test
  void tokenIdsAreTheSame() throws IOException {
    GoldenRuns.requireTokens(SAMPLE);
  }

  @Test
  void theReferenceStillDecidesAlike() throws IOException {
    GoldenRuns.requireReferencesDecisions(SAMPLE);
  }

  @Test
  void shuffledMixedBatchesDecideAlike() throws IOException {
    GoldenRuns.requireEnginesDecisions(SAMPLE);
  }
}
