package org.smartbert.model.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.InvalidInputException;

/**
 * A tokenizer file is read or refused, whatever it holds: it never ends the process, nor fails
 * later.
 */
class TokenizerMutationTest {
  private static final String TEXT = "a [MASK] B <x y> covid, \u4f60\u00e9 zzz [CLS]";

  @TempDir Path folder;
  private final Random random = new Random(3);
  private int accepted;
  private int refused;

  @Test
  void mutatedTokenizerFilesAreReadOrRefused() {
    List<String> vocabulary =
        List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##b", "b");
    JsonObject valid =
        TokenizerFixture.json(
            vocabulary,
            TokenizerFixture.added(8, "<x y>", "lstrip"),
            TokenizerFixture.added(9, "covid", "normalized", "single_word"));
    for (int i = 0; i < 2000; i++) {
      open("tokenizer.json", mutated(valid));
    }
    assertThat(refused).isGreaterThan(500);
    assertThat(accepted).isGreaterThan(100);
  }

  @Test
  void mutatedSettingsAreReadOrRefused() {
    TokenizerFixture.write(folder, "vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n");
    JsonElement settings =
        JsonParser.parseString(
            """
            {"do_lower_case": true, "strip_accents": null, "tokenize_chinese_chars": true,
             "tokenizer_class": "BertTokenizer", "do_basic_tokenize": true, "never_split": [],
             "unk_token": "[UNK]", "cls_token": {"content": "[CLS]"}, "sep_token": "[SEP]",
             "mask_token": "[MASK]", "additional_special_tokens": ["[MASK]"],
             "added_tokens_decoder": {"0": {"content": "[PAD]"}, "4": {"content": "[MASK]"}}}
            """);
    JsonElement names = JsonParser.parseString("{\"[MASK]\": 4, \"[PAD]\": 0}");
    for (int i = 0; i < 500; i++) {
      open("tokenizer_config.json", mutated(settings));
      TokenizerFixture.write(folder, "tokenizer_config.json", "{}");
      open("special_tokens_map.json", mutated(settings));
      TokenizerFixture.write(folder, "special_tokens_map.json", "{}");
      open("added_tokens.json", mutated(names));
      TokenizerFixture.write(folder, "added_tokens.json", "{}");
    }
    assertThat(refused).isGreaterThan(500);
    assertThat(accepted).isGreaterThan(100);
  }

  private void open(String file, String text) {
    TokenizerFixture.write(folder, file, text);
    try (TextEncoder encoder = TextEncoder.open(folder, TokenizerFixture.config(20), 20)) {
      accepted++;
      EncodedText row = encoder.encode(TEXT, TEXT);
      assertThat(row.inputIds()).as(text).startsWith(2).endsWith(3);
      assertThat(Arrays.stream(row.inputIds()).boxed().toList())
          .as(text)
          .allMatch(id -> id >= 0 && id < 20);
    } catch (InvalidInputException e) {
      refused++;
      assertThat(e.getMessage()).as(text).contains(folder.toString()).doesNotContain("\n");
    } catch (RuntimeException e) {
      throw new AssertionError("Not refused but failed: " + text, e);
    }
  }

  /** One to three values replaced, renamed, removed or doubled; or the text itself damaged. */
  private String mutated(JsonElement valid) {
    JsonElement copy = valid.deepCopy();
    int times = 1 + random.nextInt(3);
    for (int i = 0; i < times; i++) {
      mutate(copy);
    }
    String text = copy.toString().replace("\ud800", "\\ud800");
    if (random.nextInt(10) == 0) {
      int at = random.nextInt(text.length());
      text =
          text.substring(0, at)
              + odd().replace("\ud800", "\\ud800")
              + text.substring(random.nextBoolean() ? at : at + 1);
    }
    return text;
  }

  private void mutate(JsonElement in) {
    JsonElement at = in;
    while (true) {
      if (at instanceof JsonObject object && !object.isEmpty()) {
        List<String> keys = List.copyOf(object.keySet());
        String key = keys.get(random.nextInt(keys.size()));
        if (isInner(object.get(key)) && random.nextInt(5) != 0) {
          at = object.get(key);
          continue;
        }
        switch (random.nextInt(4)) {
          case 0 -> object.remove(key);
          case 1 -> object.add(key + odd(), object.remove(key));
          default -> object.add(key, value());
        }
      } else if (at instanceof JsonArray array && !array.isEmpty()) {
        int index = random.nextInt(array.size());
        if (isInner(array.get(index)) && random.nextInt(5) != 0) {
          at = array.get(index);
          continue;
        }
        switch (random.nextInt(4)) {
          case 0 -> array.remove(index);
          case 1 -> array.add(array.get(index).deepCopy());
          default -> array.set(index, value());
        }
      }
      return;
    }
  }

  private static boolean isInner(JsonElement value) {
    return value.isJsonObject() || value.isJsonArray();
  }

  private String odd() {
    List<String> odd =
        List.of("x", "[CLX]", "\n", "\u0000", "\ud800", " ", "\"", "{", "\u2028", "");
    return odd.get(random.nextInt(odd.size()));
  }

  private JsonElement value() {
    return switch (random.nextInt(12)) {
      case 0 -> JsonNull.INSTANCE;
      case 1 -> new JsonPrimitive(random.nextBoolean());
      case 2 -> new JsonPrimitive(random.nextInt(12));
      case 3 -> new JsonPrimitive(-1);
      case 4 -> new JsonPrimitive(1.5);
      case 5 -> new JsonPrimitive(4_294_967_296L);
      case 6 -> new JsonPrimitive("");
      case 7 -> new JsonPrimitive(odd());
      case 8 -> new JsonPrimitive("[MASK]");
      case 9 -> new JsonPrimitive("WordPiece");
      case 10 -> new JsonArray();
      default -> new JsonObject();
    };
  }
}
