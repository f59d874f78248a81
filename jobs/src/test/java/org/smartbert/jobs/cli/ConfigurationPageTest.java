package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * docs/configuration.md says what the code has; with -Dsmartbert.docs=write it is written again.
 */
class ConfigurationPageTest {
  private static final Path ROOT = Path.of("..");
  private static final Path PAGE = ROOT.resolve("docs/configuration.md");

  @Test
  void thePageIsWhatTheCodeHas() throws IOException {
    if ("write".equals(System.getProperty("smartbert.docs"))) {
      Files.writeString(PAGE, ConfigurationPage.markdown());
    }
    assertThat(Files.readString(PAGE))
        .as("docs/configuration.md; CONTRIBUTING.md says how it is written again")
        .isEqualTo(ConfigurationPage.markdown());
  }

  @Test
  void theLauncherReadsTheVariablesThatThePageNames() throws IOException {
    String launcher =
        Files.readString(ROOT.resolve("bin/smartbert"))
            + Files.readString(ROOT.resolve("bin/environment"));
    assertThat(launcher).contains(ConfigurationPage.ENVIRONMENT.keySet());
  }
}
