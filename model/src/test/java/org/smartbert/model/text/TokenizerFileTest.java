package org.smartbert.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.smartbert.model.InvalidInputException;

class TokenizerFileTest {
  @TempDir Path folder;
  private final JsonObject json = TokenizerFixture.json(TokenizerFixture.vocabulary());

  /** The native library ends the process over the first of them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"SpecialToken\":{\"id\":\"[CLS]\" | \"SpecialToken\":{\"id\":\"[CLX]\" |"
            + " post_processor.single in",
        "TemplateProcessing | RobertaProcessing | post_processor of",
        "\"type_id\":1 | \"type_id\":0 | post_processor.pair in",
        "\"ids\":[2] | \"ids\":[4] | post_processor.special_tokens.[CLS] in",
        "\"type\":\"WordPiece\",\"unk_token\" | \"type\":\"Unigram\",\"unk_token\" | The model of",
        "BertNormalizer | Lowercase | The normalizer of",
        "BertPreTokenizer | Whitespace | The pre_tokenizer of",
        "\"clean_text\":true | \"clean_text\":1 | normalizer.clean_text",
        "\"lowercase\":true | \"lowercase\":\"yes\" | normalizer.lowercase",
        "\"strip_accents\":null | \"strip_accents\":[] | normalizer.strip_accents",
        "\"unk_token\":\"[UNK]\" | \"unk_token\":\"none\" | is \"none\"; it must be a token of the"
            + " vocabulary",
        "\"max_input_chars_per_word\":100 | \"max_input_chars_per_word\":0 | from 1 to 1000",
        "\"max_input_chars_per_word\":100 | \"max_input_chars_per_word\":1e2 | an integer",
        "\"a\":5 | \"a\":-5 | model.vocab.a",
        "\"a\":5 | \"a\":6 | both have the id 6",
        "\"a\":5 | \"[MASK]\":5 | appears twice in one object",
        "\"a\":5 | \"\\ud800\":5 | surrogate",
        "\"single_word\":false | \"single_word\":null | added_tokens[0].single_word",
        "\"content\":\"[MASK]\" | \"content\":\" [MASK]\" | without leading or trailing spaces",
        "\"content\":\"[MASK]\" | \"content\":\"[SEP]\" | The added token [SEP] appears twice",
        "{\"id\":4,\"content\" | {\"id\":5,\"content\" | has the id 5, and 4 in the vocabulary",
        "\"version\":\"1.0\" | \"version\":\"2.0\" | The key version in",
        "\"version\":\"1.0\" | \"version\":'1.0' | is not JSON",
      })
  void whatIsNotBertsIsRefusedByName(String from, String to, String message) {
    String text = json.toString();
    assertThat(text).contains(from);
    TokenizerFixture.write(folder, "tokenizer.json", text.replace(from, to));
    assertThatThrownBy(() -> TextEncoder.open(folder, TokenizerFixture.config(500), 20))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message)
        .hasMessageContaining(folder.toString());
  }

  @Test
  void theOlderFormsOfAFileAreTheSame() {
    String expected = TokenizerFixture.shown(encoded("A b [MASK] \u00e9"));
    json.getAsJsonObject("model").remove("type");
    json.add(
        "post_processor",
        JsonParser.parseString(
            "{\"type\": \"BertProcessing\", \"sep\": [\"[SEP]\", 3], \"cls\": [\"[CLS]\", 2]}"));
    json.add("decoder", JsonParser.parseString("{\"odd\": [1, null]}"));
    json.add("truncation", JsonParser.parseString("{\"max_length\": 3}"));
    json.add("padding", JsonParser.parseString("{\"strategy\": {\"Fixed\": 9}}"));
    assertThat(TokenizerFixture.shown(encoded("A b [MASK] \u00e9"))).isEqualTo(expected);
  }

  private EncodedText encoded(String text) {
    try (TextEncoder encoder = TokenizerFixture.open(folder, json, 20)) {
      return encoder.encode(text);
    }
  }

  /** The library would number them from the size of the vocabulary on. */
  @Test
  void addedTokensHaveTheIdsOfTheFile() {
    JsonArray added = json.getAsJsonArray("added_tokens");
    added.add(TokenizerFixture.added(200, "<x y>"));
    added.add(TokenizerFixture.added(150, "covid", "normalized"));
    assertThat(encoded("a<x y>COVID").inputIds()).containsExactly(2, 5, 200, 150, 3);
    assertThat(encoded("a <x y> <x y> a").inputIds()).containsExactly(2, 5, 200, 200, 5, 3);
  }

  @Test
  void anAddedTokenWithSpacesIsTruncatedLikeAnyOther() {
    json.getAsJsonArray("added_tokens").add(TokenizerFixture.added(200, "<x y>"));
    try (TextEncoder encoder = TokenizerFixture.open(folder, json, 4)) {
      assertThat(encoder.encode("a <x y>").truncated()).isFalse();
      EncodedText cut = encoder.encode("a <x y> <x y>");
      assertThat(cut.inputIds()).containsExactly(2, 5, 200, 3);
      assertThat(cut.truncated()).isTrue();
    }
  }

  @Test
  void aTokenWithoutAnEmbeddingIsRefusedByName() {
    int size = TokenizerFixture.vocabulary().size();
    json.getAsJsonArray("added_tokens").add(TokenizerFixture.added(size, "movie\nthing"));
    TokenizerFixture.write(folder, "tokenizer.json", json.toString());
    assertThatThrownBy(() -> TextEncoder.open(folder, TokenizerFixture.config(size), 20))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("The token movie\ufffdthing of ")
        .hasMessageContaining("has the id " + size + ", and the model's embedding has " + size);
    TextEncoder.open(folder, TokenizerFixture.config(size + 1), 20).close();
  }

  @Test
  void aModelOfOneTokenTypeTakesNoPairs() {
    TokenizerFixture.write(folder, "tokenizer.json", json.toString());
    try (TextEncoder encoder = TextEncoder.open(folder, TokenizerFixture.withTypes(500, 1), 20)) {
      assertThat(encoder.encode("a", null).tokenTypeIds()).containsOnly(0);
      assertThatThrownBy(() -> encoder.encode("a", "b"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(folder + " has the type_vocab_size 1");
    }
    assertThatThrownBy(() -> TextEncoder.requirePairs(TokenizerFixture.withTypes(500, 1), folder))
        .isInstanceOf(InvalidInputException.class);
    TextEncoder.requirePairs(TokenizerFixture.withTypes(500, 2), folder);
  }

  @Test
  void otherFilesMustNotSpeakAgainstIt() {
    for (List<String> file :
        List.of(
            List.of("tokenizer_config.json", "{\"do_lower_case\": false}", "lowercase is true"),
            List.of("tokenizer_config.json", "{\"strip_accents\": false}", "strip_accents is"),
            List.of(
                "tokenizer_config.json",
                "{\"tokenize_chinese_chars\": false}",
                "handle_chinese_chars is"),
            List.of("tokenizer_config.json", "{\"tokenizer_class\": \"T5Tokenizer\"}", "T5Tok"),
            List.of(
                "tokenizer_config.json",
                "{\"added_tokens_decoder\": {\"9\": {\"content\": \"[MASK]\"}}}",
                "another id"),
            List.of("added_tokens.json", "{\"covid\": 300}", "adds the token covid"),
            List.of("added_tokens.json", "{\"[MASK]\": 9}", "another id"),
            List.of("special_tokens_map.json", "{\"cls_token\": \"<s>\"}", "The key cls_token in"),
            List.of(
                "special_tokens_map.json",
                "{\"additional_special_tokens\": [\"<e>\"]}",
                "adds the token <e>"))) {
      TokenizerFixture.write(folder, file.get(0), file.get(1));
      assertThatThrownBy(() -> TokenizerFixture.open(folder, json, 20).close())
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(file.get(2));
      TokenizerFixture.write(folder, file.get(0), "{}");
    }
    TokenizerFixture.write(folder, "added_tokens.json", "{\"[MASK]\": 4}");
    TokenizerFixture.write(
        folder,
        "tokenizer_config.json",
        "{\"do_lower_case\": true, \"strip_accents\": null, \"tokenizer_class\":"
            + " \"BertTokenizer\", \"mask_token\": {\"content\": \"[MASK]\"},"
            + " \"added_tokens_decoder\": {\"4\": {\"content\": \"[MASK]\"}}}");
    TokenizerFixture.open(folder, json, 20).close();
  }
}
