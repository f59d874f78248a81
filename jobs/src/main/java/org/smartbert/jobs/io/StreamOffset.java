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

  /** A number of the offset; 0 where it is missing. */
  long number(String key) {
    return node(key).asLong();
  }

  /** Whether the offset has a mark. */
  boolean isMarked(String key) {
    return node(key).asBoolean();
  }

  private JsonNode node(String key) {
    try {
      return JSON.readTree(json).path(key);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          e,
          "An offset of the checkpoint is damaged (%s); give another --output, which scores all"
              + " rows.",
          Names.quoted(json));
    }
  }
}
