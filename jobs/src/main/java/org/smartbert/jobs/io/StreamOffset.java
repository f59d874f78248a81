package org.smartbert.jobs.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.smartbert.model.InvalidInputException;

/**
 * A place in a stream.
 *
 * @param json as the stream's source writes it
 */
public record StreamOffset(String json) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A number of the offset.
   *
   * @throws InvalidInputException if the source did not write it
   */
  long number(String key) {
    JsonNode value = node(key);
    if (!value.isIntegralNumber()) {
      throw unknown(null);
    }
    return value.asLong();
  }

  /** Whether the offset has a mark. */
  boolean isMarked(String key) {
    return node(key).asBoolean();
  }

  private JsonNode node(String key) {
    try {
      return JSON.readTree(json).path(key);
    } catch (JsonProcessingException e) {
      throw unknown(e);
    }
  }

  private InvalidInputException unknown(Throwable cause) {
    return new InvalidInputException(
        cause,
        "An offset of the checkpoint is damaged, or of another version of Spark or Delta (%s); give"
            + " another --output, which scores all rows.",
        Names.quoted(json));
  }
}
