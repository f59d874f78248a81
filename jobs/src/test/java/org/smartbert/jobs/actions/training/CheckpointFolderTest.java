package org.smartbert.jobs.actions.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.training.Checkpoint;
import org.smartbert.model.training.StepIndex;

/** However the newest checkpoint is damaged, the one before it is used. */
class CheckpointFolderTest {
  private static final String OLDER = "1-01-000000004";
  private static final String NEWEST = "1-01-000000008";

  @TempDir Path folder;
  private CheckpointFolder checkpoints;

  @BeforeEach
  void saveTwo() {
    checkpoints = new CheckpointFolder(folder.toString(), new Configuration());
    checkpoints.save(checkpoint(4), "mine", 2.5, List.of());
    checkpoints.save(checkpoint(8), "mine", 6.25, List.of());
  }

  @Test
  void theNewestIsUsed() {
    assertThat(checkpoints.latest("mine")).contains(NEWEST);
    Checkpoint loaded = checkpoints.load(NEWEST).checkpoint();
    assertThat(loaded.position()).isEqualTo(checkpoint(8).position());
    assertThat(checkpoints.seconds(NEWEST)).isEqualTo(6.25);
    assertThat(loaded.tensors().get("trained/w").values().get(1)).isEqualTo(8);
    assertThatThrownBy(() -> checkpoints.latest("other"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("were made with other settings or input");
  }

  @Test
  void aManifestThatEndsEarlyIsSkipped() throws IOException {
    byte[] whole = Files.readAllBytes(manifest());
    for (int length = 0; length < whole.length; length += 7) {
      Files.write(manifest(), Arrays.copyOf(whole, length));
      assertThat(checkpoints.latest("mine")).as("%d bytes", length).contains(OLDER);
    }
  }

  @Test
  void aManifestWithoutAValueIsSkipped() throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode whole = (ObjectNode) json.readTree(manifest().toFile());
    List<String> keys = new ArrayList<>();
    whole.fieldNames().forEachRemaining(keys::add);
    assertThat(keys).contains("position", "request", "sha256", "steps", "validations");
    for (String key : keys) {
      List<ObjectNode> damaged =
          List.of(
              whole.deepCopy().without(key),
              whole.deepCopy().putNull(key),
              whole.deepCopy().put(key, "damaged"));
      for (ObjectNode each : damaged) {
        json.writeValue(manifest().toFile(), each);
        assertThat(latestOfAny()).as(each.toString()).isEqualTo(OLDER);
      }
    }
    for (String text : List.of("null", "[]", "{}", "\0\0\0\0")) {
      Files.writeString(manifest(), text, StandardCharsets.UTF_8);
      assertThat(checkpoints.latest("mine")).as(text).contains(OLDER);
    }
  }

  @Test
  void aManifestOfAnotherCheckpointIsSkipped() throws IOException {
    Files.copy(
        folder.resolve(OLDER).resolve("checkpoint.json"),
        manifest(),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(checkpoints.latest("mine")).contains(OLDER);
  }

  @Test
  void missingFilesAndChangedTensorsAreSkipped() throws IOException {
    Path tensors = folder.resolve(NEWEST).resolve("state.safetensors");
    byte[] whole = Files.readAllBytes(tensors);
    byte[] changed = whole.clone();
    changed[changed.length - 1] ^= 1;
    Files.write(tensors, changed);
    assertThat(checkpoints.latest("mine")).contains(OLDER);
    Files.write(tensors, Arrays.copyOf(whole, whole.length - 1));
    assertThat(checkpoints.latest("mine")).contains(OLDER);
    Files.delete(tensors);
    assertThat(checkpoints.latest("mine")).contains(OLDER);
    Files.delete(manifest());
    assertThat(checkpoints.latest("mine")).contains(OLDER);
    Files.delete(folder.resolve(OLDER).resolve("checkpoint.json"));
    assertThat(checkpoints.latest("mine")).isEmpty();
    assertThat(checkpoints.holdsAny()).isTrue();
  }

  /** A request that is a number is a text to Jackson, and then another request. */
  private String latestOfAny() {
    try {
      return checkpoints.latest("mine").orElse("none");
    } catch (InvalidInputException e) {
      return OLDER;
    }
  }

  private Path manifest() {
    return folder.resolve(NEWEST).resolve("checkpoint.json");
  }

  private static Checkpoint checkpoint(int step) {
    Checkpoint.Best best = new Checkpoint.Best(0.5, 1, 0, false);
    return new Checkpoint(
        new Checkpoint.Position(new StepIndex(1, 1, 2, step), 3, best, 1.5, false),
        Map.of("trained/w", HostTensor.of("trained/w", new float[] {1, step}, 2)));
  }
}
