package org.smartbert.backbones.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.InvalidInputException;

class HubSettingsTest {
  @TempDir private Path folder;

  @Test
  void theEnvironmentIsReadAsOtherProgramsDo() throws IOException {
    Path home = Files.createDirectory(folder.resolve("home"));
    Files.writeString(home.resolve("token"), "stored\n");
    HubSettings stored = HubSettings.of(Map.of("HF_HOME", home.toString()));
    assertThat(stored.token()).contains("stored");
    assertThat(stored.cache()).isEqualTo(home.resolve("hub"));
    assertThat(stored.timeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(stored.endpoint()).hasToString("https://huggingface.co");
    assertThat(stored.toString()).doesNotContain("stored");
    HubSettings given =
        HubSettings.of(
            Map.of(
                "HF_HOME", home.toString(),
                "HF_TOKEN", "given",
                "HF_ENDPOINT", "https://mirror.example.org/",
                "HF_HUB_CACHE", "/data/hub",
                "HF_HUB_OFFLINE", "1",
                "HF_HUB_DOWNLOAD_TIMEOUT", "30"));
    assertThat(given)
        .isEqualTo(
            new HubSettings(
                URI.create("https://mirror.example.org"),
                Optional.of("given"),
                Path.of("/data/hub"),
                true,
                Duration.ofSeconds(30)));
    assertThatThrownBy(() -> HubSettings.of(Map.of("HF_ENDPOINT", "mirror")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("HF_ENDPOINT");
    for (String wrong : List.of("0", "-1", "1.5", "soon", "999999")) {
      assertThatThrownBy(() -> HubSettings.of(Map.of("HF_HUB_DOWNLOAD_TIMEOUT", wrong)))
          .as(wrong)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("HF_HUB_DOWNLOAD_TIMEOUT is " + wrong);
    }
  }
}
