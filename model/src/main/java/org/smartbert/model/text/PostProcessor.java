package org.smartbert.model.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Quoted;

/** The check that a tokenizer.json frames texts as BERT does: this is done here, not there. */
final class PostProcessor {
  private static final List<String> SINGLE = List.of("[CLS]:0", "A:0", "[SEP]:0");
  private static final List<String> PAIR = List.of("[CLS]:0", "A:0", "[SEP]:0", "B:1", "[SEP]:1");

  private final TokenizerSpec spec;

  PostProcessor(TokenizerSpec spec) {
    this.spec = spec;
  }

  /**
   * Refuses what is not [CLS] A [SEP], and [CLS] A [SEP] B [SEP] with token type 1 from B on.
   *
   * @throws InvalidInputException naming the key
   */
  void require(JsonNode json) {
    if (json.isNull()) {
      throw json.mustBe("BERT's, which puts [CLS] before a text and [SEP] after it");
    }
    String type = json.require("type").text();
    switch (type) {
      case "BertProcessing" -> {
        requireToken(json.require("cls"), TokenizerSpec.CLS);
        requireToken(json.require("sep"), TokenizerSpec.SEP);
      }
      case "TemplateProcessing" -> {
        requirePieces(json.require("single"), SINGLE);
        requirePieces(json.require("pair"), PAIR);
        requireIds(json.require("special_tokens"));
      }
      default ->
          throw new InvalidInputException(
              "The post_processor of %s is %s, and only BERT's BertProcessing and"
                  + " TemplateProcessing are supported; use the tokenizer of a BERT model.",
              json.file(), Quoted.of(type));
    }
  }

  /** A list of a token and its id. */
  private void requireToken(JsonNode json, String token) {
    List<JsonNode> parts = json.list();
    if (parts.size() != 2
        || !parts.get(0).text().equals(token)
        || parts.get(1).natural() != spec.id(token)) {
      throw json.mustBe("[\"" + token + "\", " + spec.id(token) + "]");
    }
  }

  private static void requirePieces(JsonNode json, List<String> wanted) {
    List<String> pieces = new ArrayList<>();
    for (JsonNode piece : json.list()) {
      Map<String, JsonNode> kinds = piece.fields();
      if (kinds.size() != 1
          || !(kinds.containsKey("SpecialToken") || kinds.containsKey("Sequence"))) {
        throw piece.mustBe("one SpecialToken or one Sequence");
      }
      JsonNode inner = kinds.values().iterator().next();
      String id = inner.require("id").text();
      boolean sequence = kinds.containsKey("Sequence");
      if (sequence != (id.equals("A") || id.equals("B"))) {
        throw piece.mustBe("the special token [CLS] or [SEP], or the sequence A or B");
      }
      pieces.add(id + ":" + inner.require("type_id").natural());
    }
    if (!pieces.equals(wanted)) {
      throw json.mustBe("BERT's, in the order and with the type ids " + String.join(" ", wanted));
    }
  }

  private void requireIds(JsonNode json) {
    for (String token : List.of(TokenizerSpec.CLS, TokenizerSpec.SEP)) {
      JsonNode entry = json.require(token);
      List<JsonNode> ids = entry.require("ids").list();
      List<JsonNode> tokens = entry.require("tokens").list();
      if (!entry.require("id").text().equals(token)
          || ids.size() != 1
          || ids.get(0).natural() != spec.id(token)
          || tokens.size() != 1
          || !tokens.get(0).text().equals(token)) {
        throw entry.mustBe("the token " + token + " with the id " + spec.id(token));
      }
    }
  }
}
