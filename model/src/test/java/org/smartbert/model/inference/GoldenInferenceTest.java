package org.smartbert.model.inference;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.smartbert.model.SharedFiles;

/** Both classifiers decide every row of the golden folders as the authors' own program did. */
@Tag("shared")
class GoldenInferenceTest {
  @ParameterizedTest
  @ValueSource(strings = {"smartbert-4x32", "smartbert-12x64-pairs"})
  void tokenIdsAreTheAuthors(String folder) throws IOException {
    GoldenRuns.requireTokens(SharedFiles.require("golden/" + folder));
  }

  @ParameterizedTest
  @ValueSource(strings = {"smartbert-4x32", "smartbert-12x64-pairs"})
  void theReferenceDecidesAsTheAuthors(String folder) throws IOException {
    GoldenRuns.requireReferencesDecisions(SharedFiles.require("golden/" + folder));
  }

  @ParameterizedTest
  @ValueSource(strings = {"smartbert-4x32", "smartbert-12x64-pairs"})
  void shuffledMixedBatchesDecideAsTheAuthors(String folder) throws IOException {
    GoldenRuns.requireEnginesDecisions(SharedFiles.require("golden/" + folder));
  }
}
