package org.smartbert.model.checkpoint;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Quoted;

/**
 * An object of a JSON file. Each accessor takes values of one type and refuses every other, null
 * included, with the key and the file; nothing is converted.
 */
public final class JsonFields {
  private static final BigDecimal LARGEST = BigDecimal.valueOf(Integer.MAX_VALUE);
  private static final int DEEPEST = 50;
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final Path file;
  private final String prefix;
  private final Map<String, Object> values;

  private JsonFields(Path file, String prefix, Map<String, Object> values) {
    this.file = file;
    this.prefix = prefix;
    this.values = values;
  }

  /**
   * Reads a file of one JSON object, in UTF-8 with or without a byte order mark.
   *
   * @throws InvalidInputException if it is missing, not readable, not JSON, or has a key twice
   */
  static JsonFields read(Path file) {
    JsonReader reader = new JsonReader(new StringReader(text(file)));
    reader.setStrictness(Strictness.STRICT);
    try {
      if (reader.peek() != JsonToken.BEGIN_OBJECT) {
        throw new MalformedJsonException("no object");
      }
      Map<String, Object> values = object(reader, 0);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new MalformedJsonException("text follows the object");
      }
      return new JsonFields(file, "", values);
    } catch (MalformedJsonException | EOFException | NumberFormatException e) {
      throw new InvalidInputException(
          e,
          "%s is not a JSON object (see near %s); write it again.",
          file,
          Quoted.of(reader.getPath()));
    } catch (IOException e) {
      throw new InvalidInputException(e, "%s could not be parsed; write it again.", file);
    }
  }

  /** The text of a file in UTF-8, without a byte order mark. */
  static String text(Path file) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    } catch (NoSuchFileException e) {
      throw new InvalidInputException(
          e, "%s does not exist; a model directory holds a config.json.", file);
    } catch (CharacterCodingException e) {
      throw new InvalidInputException(e, "%s is not UTF-8; save it with that encoding.", file);
    } catch (IOException e) {
      throw new InvalidInputException(
          e, "%s could not be read (%s); check the path and its permissions.", file, e);
    }
  }

  private static Map<String, Object> object(JsonReader reader, int depth) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    reader.beginObject();
    while (reader.hasNext()) {
      String key = reader.nextName();
      if (object.containsKey(key)) {
        throw new MalformedJsonException("the key " + key + " twice");
      }
      object.put(key, value(reader, depth + 1));
    }
    reader.endObject();
    return object;
  }

  private static Object value(JsonReader reader, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw new MalformedJsonException("too many levels");
    }
    return switch (reader.peek()) {
      case BEGIN_OBJECT -> object(reader, depth);
      case BEGIN_ARRAY -> {
        List<Object> list = new ArrayList<>();
        reader.beginArray();
        while (reader.hasNext()) {
          list.add(value(reader, depth + 1));
        }
        reader.endArray();
        yield list;
      }
      case STRING -> reader.nextString();
      case NUMBER -> new BigDecimal(reader.nextString());
      case BOOLEAN -> reader.nextBoolean();
      case NULL -> {
        reader.nextNull();
        yield null;
      }
      default -> throw new MalformedJsonException("no value");
    };
  }

  public Path file() {
    return file;
  }

  public Set<String> keys() {
    return values.keySet();
  }

  public boolean has(String key) {
    return values.containsKey(key);
  }

  /** Whether a key is absent, null, or an empty list, object or text. */
  public boolean isEmpty(String key) {
    Object value = values.get(key);
    return value == null
        || (value instanceof Map<?, ?> object && object.isEmpty())
        || (value instanceof List<?> list && list.isEmpty())
        || (value instanceof String text && text.isEmpty());
  }

  /** A whole number from 1 to 2^31 - 1. */
  public int positive(String key) {
    if (values.get(key) instanceof BigDecimal number
        && number.signum() > 0
        && number.compareTo(LARGEST) <= 0
        && number.stripTrailingZeros().scale() <= 0) {
      return number.intValueExact();
    }
    throw mustBe(key, "an integer above 0");
  }

  public int positive(String key, int absent) {
    return has(key) ? positive(key) : absent;
  }

  /**
   * A number between two bounds.
   *
   * @param absent the value where there is no such key
   */
  public double between(String key, double least, double most, double absent) {
    if (!has(key)) {
      return absent;
    }
    if (values.get(key) instanceof BigDecimal number) {
      double value = number.doubleValue();
      if (value >= least && value <= most) {
        return value;
      }
    }
    throw mustBe(key, "a number from %s to %s".formatted(least, most));
  }

  public boolean flag(String key, boolean absent) {
    if (!has(key)) {
      return absent;
    }
    if (values.get(key) instanceof Boolean flag) {
      return flag;
    }
    throw mustBe(key, "true or false");
  }

  public Optional<String> text(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    if (values.get(key) instanceof String text) {
      return Optional.of(text);
    }
    throw mustBe(key, "a string");
  }

  /** The texts of an array; none where the key is absent. */
  public List<String> texts(String key) {
    if (!has(key)) {
      return List.of();
    }
    if (values.get(key) instanceof List<?> list
        && list.stream().allMatch(String.class::isInstance)) {
      return list.stream().map(String.class::cast).toList();
    }
    throw mustBe(key, "an array of texts");
  }

  /** The numbers of an array; none where the key is absent. */
  public List<Double> numbers(String key) {
    if (!has(key)) {
      return List.of();
    }
    if (values.get(key) instanceof List<?> list
        && list.stream().allMatch(BigDecimal.class::isInstance)) {
      return list.stream().map(value -> ((BigDecimal) value).doubleValue()).toList();
    }
    throw mustBe(key, "an array of numbers");
  }

  @SuppressWarnings("unchecked") // Objects are made by object() alone.
  public Optional<JsonFields> object(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    if (values.get(key) instanceof Map<?, ?> object) {
      return Optional.of(
          new JsonFields(file, prefix + Quoted.of(key) + ".", (Map<String, Object>) object));
    }
    throw mustBe(key, "an object");
  }

  /** The refusal of a key's value. */
  public InvalidInputException mustBe(String key, String wanted) {
    return new InvalidInputException(
        "The key %s%s in %s is %s; it must be %s.",
        prefix, Quoted.of(key), file, shown(key), wanted);
  }

  /** A key's value as messages show it. */
  public String shown(String key) {
    if (!has(key)) {
      return "missing";
    }
    Object value = values.get(key);
    if (value instanceof Map<?, ?>) {
      return "an object";
    }
    return Quoted.of(value instanceof String text && text.isBlank() ? '"' + text + '"' : value);
  }
}
