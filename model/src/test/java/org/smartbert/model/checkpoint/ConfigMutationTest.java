package org.smartbert.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.TinyModels;
import org.smartbert.model.io.ModelDirectory;

/** Whatever config.json holds, a directory opens or is refused with one sentence. */
@Timeout(120)
class ConfigMutationTest {
  private static final List<JsonElement> VALUES =
      List.of(
          JsonNull.INSTANCE,
          new JsonArray(),
          array(1, 2),
          new JsonObject(),
          object("0", "x"),
          new JsonPrimitive(Integer.MAX_VALUE),
          new JsonPrimitive(new BigDecimal("1e400")),
          new JsonPrimitive(new BigDecimal("1e-400")),
          new JsonPrimitive(-1),
          new JsonPrimitive(0),
          new JsonPrimitive(1.5),
          new JsonPrimitive(true),
          new JsonPrimitive(""),
          new JsonPrimitive("12"),
          new JsonPrimitive("a\nb".repeat(200)));

  private static final List<String> ABSENT =
      List.of(
          "is_decoder",
          "add_cross_attention",
          "position_embedding_type",
          "pruned_heads",
          "tokenizer_class",
          "problem_type",
          "auto_map");

  @TempDir Path folder;
  private Path directory;
  private Path file;
  private JsonObject valid;

  @BeforeEach
  void write() throws IOException {
    directory = TinyModels.write(folder.resolve("model"), TinyModels.config(2, 16, 3), 1);
    file = directory.resolve("config.json");
    valid = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }

  private static JsonArray array(int... numbers) {
    JsonArray array = new JsonArray();
    for (int number : numbers) {
      array.add(number);
    }
    return array;
  }

  private static JsonObject object(String key, String value) {
    JsonObject object = new JsonObject();
    object.addProperty(key, value);
    return object;
  }

  @Test
  void everyKeyWithEveryKindOfValue() throws IOException {
    int refused = 0;
    for (Map.Entry<String, JsonObject> mutation : mutations().entrySet()) {
      Files.writeString(file, mutation.getValue().toString());
      refused += opens(mutation.getKey(), () -> ModelDirectory.openModel(directory)) ? 0 : 1;
      opens(mutation.getKey(), () -> ModelDirectory.openBackbone(directory));
    }
    // Some keys are not read, and some values are right.
    assertThat(refused).isGreaterThan(mutations().size() / 2);
  }

  private Map<String, JsonObject> mutations() {
    Map<String, JsonObject> mutations = new LinkedHashMap<>();
    List<String> keys = new ArrayList<>(valid.keySet());
    keys.addAll(ABSENT);
    for (String key : keys) {
      for (JsonElement value : VALUES) {
        JsonObject mutated = valid.deepCopy();
        mutated.add(key, value);
        mutations.put(key + " = " + value, mutated);
      }
      JsonObject without = valid.deepCopy();
      without.remove(key);
      mutations.put("without " + key, without);
    }
    for (String inner : List.of("smartbert", "id2label", "label2id")) {
      JsonObject within = valid.getAsJsonObject(inner);
      for (String innerKey : within.keySet()) {
        for (JsonElement value : VALUES) {
          JsonObject mutated = valid.deepCopy();
          mutated.getAsJsonObject(inner).add(innerKey, value);
          mutations.put(inner + "." + innerKey + " = " + value, mutated);
        }
      }
    }
    return mutations;
  }

  @Test
  void damagedText() throws IOException {
    byte[] text = Files.readAllBytes(file);
    Random random = new Random(3);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = text.clone();
      for (int at = 0; at <= random.nextInt(4); at++) {
        damaged[random.nextInt(text.length)] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      String what = new String(damaged, StandardCharsets.ISO_8859_1);
      opens(what, () -> ModelDirectory.openModel(directory));
      opens(what, () -> ModelDirectory.openBackbone(directory));
    }
    for (String whole :
        List.of("", "[]", "null", "{", "{\"a\":1}}", "[".repeat(5000), "{\"a\":".repeat(5000))) {
      Files.writeString(file, whole);
      assertThat(opens(whole, () -> ModelDirectory.openModel(directory))).isFalse();
    }
  }

  private static boolean opens(String what, Runnable opening) {
    try {
      opening.run();
      return true;
    } catch (InvalidInputException e) {
      assertThat(e.getMessage()).as(what).endsWith(".").doesNotContain("\n").hasSizeLessThan(1000);
      return false;
    } catch (RuntimeException | Error e) {
      throw new AssertionError(what, e);
    }
  }
}
