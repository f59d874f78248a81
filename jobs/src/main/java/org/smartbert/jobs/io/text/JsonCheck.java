package org.smartbert.jobs.io.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * What Spark's parser changes and does not tell: of two equal keys it takes one, and half of a
 * surrogate pair becomes a question mark.
 */
final class JsonCheck {
  private final JsonFactory json = new JsonFactory();

  /** What is wrong with a JSON value; text that is no JSON is left to Spark's parser. */
  Optional<Flaw> of(String text) {
    try (JsonParser parser = json.createParser(text)) {
      parser.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        boolean letters = token == JsonToken.VALUE_STRING || token == JsonToken.FIELD_NAME;
        if (letters && hasHalves(parser.getText())) {
          return Optional.of(Flaw.HALF_CHARACTER);
        }
      }
      return Optional.empty();
    } catch (JsonParseException e) {
      return String.valueOf(e.getOriginalMessage()).startsWith("Duplicate field")
          ? Optional.of(Flaw.DUPLICATE_KEY)
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("A text in memory could not be read", e);
    }
  }

  private static boolean hasHalves(String text) {
    return text.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }
}
