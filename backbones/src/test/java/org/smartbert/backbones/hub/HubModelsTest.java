package org.smartbert.backbones.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.backbones.Downloads;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.io.Safetensors;

/** A model of a hub arrives whole, is verified, and is not downloaded twice. */
class HubModelsTest {
  private static final BertConfig CONFIG = TinyModels.config(2, 16, 2);
  private static final HubModel TINY = HubModel.parse("hf:acme/tiny");

  @TempDir private Path folder;
  private LocalHub hub;
  private Path model;
  private Duration timeout = Duration.ofMinutes(1);

  @BeforeEach
  void start() throws IOException {
    hub = new LocalHub();
    model = TinyModels.write(folder.resolve("model"), CONFIG, 3);
    for (String name : List.of("config.json", "vocab.txt", "model.safetensors")) {
      hub.put(name, Files.readAllBytes(model.resolve(name)));
    }
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private HubModels models(Optional<String> token) {
    return models(hub.endpoint(), token, false);
  }

  private HubModels models(URI endpoint, Optional<String> token, boolean offline) {
    return new HubModels(
        folder.resolve("ours"),
        new HubSettings(endpoint, token, folder.resolve("theirs"), offline, timeout));
  }

  private void requireTheModel(Path directory) {
    Map<String, HostTensor> expected = ModelDirectory.openModel(model).weights();
    ModelDirectory.openModel(directory)
        .weights()
        .forEach(
            (name, tensor) ->
                assertThat(tensor.values()).as(name).isEqualTo(expected.get(name).values()));
  }

  private long downloads() {
    return hub.requests.stream().filter(each -> each.startsWith("STORAGE")).count();
  }

  @Test
  void aModelArrivesOnceAndTheStorageNeverSeesTheToken() throws IOException {
    hub.requiredToken = "secret";
    HubModels.Found found = models(Optional.of("secret")).get(TINY, Downloads.SILENT);
    assertThat(found.commit()).isEqualTo(LocalHub.COMMIT);
    requireTheModel(found.directory());
    models(Optional.of("secret")).get(TINY, Downloads.SILENT);
    assertThat(downloads()).isEqualTo(1);
    assertThat(hub.requests).doesNotContain("TOKEN SENT TO STORAGE");
  }

  @Test
  void anInterruptedDownloadGoesOnWhereItStopped() {
    hub.interruptions.set(2);
    requireTheModel(models(Optional.empty()).get(TINY, Downloads.SILENT).directory());
    int size = (int) model.resolve("model.safetensors").toFile().length();
    assertThat(hub.requests)
        .contains(
            "STORAGE model.safetensors null",
            "STORAGE model.safetensors bytes=" + size / 2 + "-",
            "STORAGE model.safetensors bytes=" + (size / 2 + (size - size / 2) / 2) + "-");
  }

  @Test
  void aHubThatKeepsBreakingOffFailsAndTheNextCallGoesOn() {
    hub.interruptions.set(Integer.MAX_VALUE);
    HubModels models = models(Optional.empty());
    assertThatThrownBy(() -> models.get(TINY, Downloads.SILENT))
        .isInstanceOf(FailedRunException.class)
        .hasMessageContainingAll("hf:acme/tiny@main", hub.endpoint().toString());
    assertThat(folder.resolve("ours/acme--tiny/" + LocalHub.COMMIT)).doesNotExist();
    hub.interruptions.set(0);
    hub.requests.clear();
    requireTheModel(models.get(TINY, Downloads.SILENT).directory());
    assertThat(hub.requests)
        .anyMatch(each -> each.matches("STORAGE model.safetensors bytes=[1-9]\\d*-"));
  }

  @Test
  void aDownloadThatStopsInTheMiddleGoesOn() {
    hub.stalls.set(1);
    timeout = Duration.ofMillis(1500);
    requireTheModel(models(Optional.empty()).get(TINY, Downloads.SILENT).directory());
    int size = (int) model.resolve("model.safetensors").toFile().length();
    assertThat(hub.requests)
        .contains(
            "STORAGE model.safetensors null", "STORAGE model.safetensors bytes=" + size / 2 + "-");
  }

  @Test
  @Timeout(60)
  void aHubThatKeepsStoppingFailsInTimeAndTheNextCallGoesOn() {
    hub.stalls.set(Integer.MAX_VALUE);
    timeout = Duration.ofMillis(1500);
    HubModels models = models(Optional.empty());
    assertThatThrownBy(() -> models.get(TINY, Downloads.SILENT))
        .isInstanceOf(FailedRunException.class)
        .hasMessageContainingAll(
            "hf:acme/tiny@main",
            "model.safetensors: nothing arrived for 1.5 seconds, with ",
            "HF_ENDPOINT");
    assertThat(downloads()).isEqualTo(4);
    assertThat(folder.resolve("ours/acme--tiny/" + LocalHub.COMMIT)).doesNotExist();
    hub.stalls.set(0);
    hub.requests.clear();
    requireTheModel(models.get(TINY, Downloads.SILENT).directory());
    assertThat(hub.requests)
        .anyMatch(each -> each.matches("STORAGE model.safetensors bytes=[1-9]\\d*-"));
  }

  @Test
  void aChangedByteIsFound() throws IOException {
    hub.corrupt = true;
    assertThatThrownBy(() -> models(Optional.empty()).get(TINY, Downloads.SILENT))
        .isInstanceOf(FailedRunException.class)
        .hasMessageContainingAll("model.safetensors", "digest");
    hub.corrupt = false;
    requireTheModel(models(Optional.empty()).get(TINY, Downloads.SILENT).directory());
  }

  @Test
  void shardsBecomeOneFile() throws IOException {
    Map<String, HostTensor> weights =
        new TreeMap<>(TinyModels.weights(new CheckpointNames(CONFIG).model(), 3));
    List<HostTensor> first = new ArrayList<>();
    List<HostTensor> second = new ArrayList<>();
    StringBuilder map = new StringBuilder();
    weights.forEach(
        (name, tensor) -> {
          boolean even = (first.size() + second.size()) % 2 == 0;
          (even ? first : second).add(tensor);
          map.append(map.isEmpty() ? "" : ",")
              .append(
                  String.format(
                      "\"%s\": \"model-0000%d-of-00002.safetensors\"", name, even ? 1 : 2));
        });
    Path shards = Files.createDirectory(folder.resolve("shards"));
    Safetensors.write(shards.resolve("model-00001-of-00002.safetensors"), first);
    Safetensors.write(shards.resolve("model-00002-of-00002.safetensors"), second);
    try (LocalHub sharded = new LocalHub()) {
      for (String name : List.of("config.json", "vocab.txt")) {
        sharded.put(name, Files.readAllBytes(model.resolve(name)));
      }
      for (int i = 1; i <= 2; i++) {
        String name = "model-0000" + i + "-of-00002.safetensors";
        sharded.put(name, Files.readAllBytes(shards.resolve(name)));
      }
      sharded.put(
          "model.safetensors.index.json",
          ("{\"weight_map\": {" + map + "}}").getBytes(StandardCharsets.UTF_8));
      Path directory =
          models(sharded.endpoint(), Optional.empty(), false)
              .get(TINY, Downloads.SILENT)
              .directory();
      requireTheModel(directory);
      try (Stream<Path> files = Files.list(directory)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .containsExactlyInAnyOrder("config.json", "vocab.txt", "model.safetensors");
      }
    }
  }

  @Test
  void theHubsOwnCacheIsReadFirst() throws IOException {
    Path cached = folder.resolve("theirs/models--acme--tiny");
    Files.createDirectories(cached.resolve("refs"));
    Files.writeString(cached.resolve("refs/main"), LocalHub.COMMIT);
    Path snapshot = Files.createDirectories(cached.resolve("snapshots/" + LocalHub.COMMIT));
    for (String name : List.of("config.json", "vocab.txt", "model.safetensors")) {
      Files.copy(model.resolve(name), snapshot.resolve(name));
    }
    HubModels.Found found = models(Optional.empty()).get(TINY, Downloads.SILENT);
    assertThat(found.directory()).isEqualTo(snapshot);
    assertThat(hub.requests).isEmpty();
  }

  @Test
  void whatWasDownloadedIsFoundOffline() {
    Path directory = models(Optional.empty()).get(TINY, Downloads.SILENT).directory();
    HubModels offline = models(URI.create("http://127.0.0.1:1"), Optional.empty(), true);
    assertThat(offline.get(TINY, Downloads.SILENT).directory()).isEqualTo(directory);
    assertThatThrownBy(() -> offline.get(HubModel.parse("hf:acme/other"), Downloads.SILENT))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("hf:acme/other@main", "HF_HUB_OFFLINE");
  }

  @Test
  void withoutANetworkOneSentenceSaysSo() {
    HubModels unreachable = models(URI.create("http://127.0.0.1:1"), Optional.empty(), false);
    assertThatThrownBy(() -> unreachable.get(TINY, Downloads.SILENT))
        .isInstanceOf(FailedRunException.class)
        .hasMessageContainingAll("hf:acme/tiny@main", "http://127.0.0.1:1", "HF_ENDPOINT");
  }

  @Test
  void aModelThatIsNotOpenAsksForTheToken() {
    hub.requiredToken = "secret";
    assertThatThrownBy(() -> models(Optional.of("wrong")).get(TINY, Downloads.SILENT))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("hf:acme/tiny@main", "HF_TOKEN")
        .hasMessageNotContaining("wrong");
  }

  @Test
  void aTokenThatCannotBeSentIsRefusedAndNotQuoted() throws IOException {
    Files.createDirectories(folder.resolve("home"));
    Files.writeString(folder.resolve("home/token"), "half\nhalf");
    for (Map<String, String> environment :
        List.of(
            Map.of("HF_TOKEN", "half half"),
            Map.of("HF_TOKEN", "h\u00e4lf"),
            Map.of("HF_HOME", folder.resolve("home").toString()))) {
      assertThatThrownBy(() -> HubSettings.of(environment))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("copy it again")
          .hasMessageNotContaining("lf");
    }
  }

  @Test
  void aRevisionThatIsNotThereIsNamed() {
    HubModel model = HubModel.parse("hf:acme/tiny@v9");
    assertThatThrownBy(() -> models(Optional.empty()).get(model, Downloads.SILENT))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("hf:acme/tiny@v9", "revision");
  }
}
