package org.smartbert.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.smartbert.model.InvalidInputException;

/** vocab.txt, and what tokenizer_config.json and config.json in its directory set. */
class VocabularyFileTest {
  private static final String LINES =
      "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nu\nuber\n\u00fcber\n\u4f60\n\u597d\nA\na\n";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void everyLineEndAndAByteOrderMarkAreTaken(String end) {
    write("vocab.txt", "\ufeff" + LINES.replace("\n", end));
    assertThat(ids("[PAD] uber a")).containsExactly(2, 0, 6, 11, 3);
  }

  @Test
  void ofEqualLinesTheLastCounts() {
    write("vocab.txt", LINES + "uber\n");
    assertThat(ids("uber")).containsExactly(2, 12, 3);
  }

  @Test
  void aLineThatIsNotUtf8IsNamed() throws IOException {
    Path file = write("vocab.txt", LINES);
    byte[] bytes = Files.readAllBytes(file);
    bytes[new String(bytes, StandardCharsets.UTF_8).indexOf("u\n")] = (byte) 0xE9;
    Files.write(file, bytes);
    refused("Line 6 of " + file + " is not UTF-8");
  }

  @Test
  void aVocabularyMustHoldTheFramingTokens() {
    write("vocab.txt", LINES.replace("[SEP]\n", "x\n"));
    refused("lacks the token [SEP]");
  }

  @Test
  void aTokenWithoutAnEmbeddingIsRefused() {
    write("vocab.txt", LINES + "more\n".repeat(88) + "last\n");
    TextEncoder.open(folder, TokenizerFixture.config(101), 20).close();
    refused("The token last of ");
  }

  @Test
  void theSettingsBesideAreHonoured() {
    write("vocab.txt", LINES);
    assertThat(ids("\u00fcBer A")).containsExactly(2, 6, 11, 3);
    write("tokenizer_config.json", "{\"strip_accents\": false}");
    assertThat(ids("\u00fcBer A")).containsExactly(2, 7, 11, 3);
    write("tokenizer_config.json", "{\"do_lower_case\": false}");
    assertThat(ids("\u00fcber A")).containsExactly(2, 7, 10, 3);
    write("tokenizer_config.json", "{\"do_lower_case\": false, \"strip_accents\": true}");
    assertThat(ids("\u00fcber A")).containsExactly(2, 6, 10, 3);
    write("tokenizer_config.json", "{\"tokenize_chinese_chars\": true}");
    assertThat(ids("\u4f60\u597d")).containsExactly(2, 8, 9, 3);
    write("tokenizer_config.json", "{\"tokenize_chinese_chars\": false}");
    assertThat(ids("\u4f60\u597d")).containsExactly(2, 1, 3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"tokenizer_class\": \"XLMRobertaTokenizer\"} | is XLMRobertaTokenizer",
        "{\"tokenizer_class\": \"PreTrainedTokenizerFast\"} | there is no tokenizer.json",
        "{\"tokenizer_class\": 3} | tokenizer_class",
        "{\"do_basic_tokenize\": false} | do_basic_tokenize is false",
        "{\"never_split\": [\"xyz\"]} | names xyz",
        "{\"never_split\": {}} | must be a list",
        "{\"do_lower_case\": null} | do_lower_case",
        "{\"do_lower_case\": \"false\"} | do_lower_case",
        "{\"strip_accents\": {}} | strip_accents",
        "{\"tokenize_chinese_chars\": [true]} | tokenize_chinese_chars",
        "{\"unk_token\": \"<unk>\"} | unk_token",
        "{\"sep_token\": null} | sep_token",
        "{\"mask_token\": \"<mask>\"} | adds the token <mask>",
        "{\"added_tokens_decoder\": {\"12\": {\"content\": \"covid\"}}} | adds the token covid",
        "{\"added_tokens_decoder\": []} | added_tokens_decoder",
        "[] | is not a JSON object",
        "{ | is not JSON",
      })
  void whatCannotBeHonouredIsRefused(String settings, String message) {
    write("vocab.txt", LINES);
    write("tokenizer_config.json", settings);
    refused(message);
  }

  @Test
  void configJsonMustNotSpeakAgainstIt() {
    write("vocab.txt", LINES);
    write("config.json", "{\"do_lower_case\": true}");
    write("tokenizer_config.json", "{\"do_lower_case\": false}");
    refused("do_lower_case is false in ");
    write("config.json", "{\"tokenizer_class\": \"BertJapaneseTokenizer\"}");
    refused("BertJapaneseTokenizer");
  }

  private Path write(String file, String text) {
    return TokenizerFixture.write(folder, file, text);
  }

  private int[] ids(String text) {
    try (TextEncoder encoder = TextEncoder.open(folder, TokenizerFixture.config(100), 20)) {
      return encoder.encode(text).inputIds();
    }
  }

  private void refused(String message) {
    assertThatThrownBy(() -> ids("a"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message)
        .hasMessageContaining(folder.toString());
  }
}
