package org.smartbert.model.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.internal.LazilyParsedNumber;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Quoted;

/**
 * A value in a JSON file, with the file and the path of keys that lead to it. Each accessor takes
 * one type only and refuses every other with a sentence: nothing is converted.
 */
final class JsonNode {
  private static final int DEEPEST = 50;
  private static final Pattern NATURAL = Pattern.compile("0|[1-9][0-9]{0,9}");

  private final Path file;
  private final JsonNode parent;
  private final String key;
  private final JsonElement value;

  private JsonNode(Path file, JsonNode parent, String key, JsonElement value) {
    this.file = file;
    this.parent = parent;
    this.key = key;
    this.value = value;
  }

  /** A whole file, which must hold one JSON object and no key twice. */
  static JsonNode read(Path file) {
    byte[] bytes = ModelFile.bytes(file);
    String text =
        ModelFile.decoded(bytes, 0, bytes.length)
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "%s is not UTF-8; save it again with that encoding.", file));
    JsonReader reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.STRICT);
    try {
      JsonElement whole = element(file, reader, 0);
      if (reader.peek() != JsonToken.END_DOCUMENT || !whole.isJsonObject()) {
        throw new InvalidInputException("%s is not a JSON object; write it again.", file);
      }
      return new JsonNode(file, null, null, whole);
    } catch (MalformedJsonException | EOFException | NumberFormatException e) {
      throw new InvalidInputException(
          e,
          "%s is not JSON (the fault is near %s); write it again.",
          file,
          Quoted.of(reader.getPath()));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " could not be parsed", e);
    }
  }

  private static JsonElement element(Path file, JsonReader reader, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw new InvalidInputException(
          "%s nests more than %d levels; a tokenizer's file does not.", file, DEEPEST);
    }
    return switch (reader.peek()) {
      case BEGIN_OBJECT -> object(file, reader, depth);
      case BEGIN_ARRAY -> {
        JsonArray array = new JsonArray();
        reader.beginArray();
        while (reader.hasNext()) {
          array.add(element(file, reader, depth + 1));
        }
        reader.endArray();
        yield array;
      }
      case STRING -> new JsonPrimitive(reader.nextString());
      case NUMBER -> new JsonPrimitive(new LazilyParsedNumber(reader.nextString()));
      case BOOLEAN -> new JsonPrimitive(reader.nextBoolean());
      case NULL -> {
        reader.nextNull();
        yield JsonNull.INSTANCE;
      }
      default -> throw new MalformedJsonException("a value is missing");
    };
  }

  private static JsonObject object(Path file, JsonReader reader, int depth) throws IOException {
    JsonObject object = new JsonObject();
    reader.beginObject();
    while (reader.hasNext()) {
      String name = reader.nextName();
      JsonElement member = element(file, reader, depth + 1);
      if (object.has(name)) {
        throw new InvalidInputException(
            "The key \"%s\" appears twice in one object of %s; remove one.", Quoted.of(name), file);
      }
      object.add(name, member);
    }
    reader.endObject();
    return object;
  }

  Path file() {
    return file;
  }

  boolean isNull() {
    return value.isJsonNull();
  }

  boolean isText() {
    return value.isJsonPrimitive() && value.getAsJsonPrimitive().isString();
  }

  boolean isList() {
    return value.isJsonArray();
  }

  /** The value of a key of this object, null values included. */
  Optional<JsonNode> find(String name) {
    JsonElement member = object().get(name);
    return member == null ? Optional.empty() : Optional.of(new JsonNode(file, this, name, member));
  }

  JsonNode require(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "%s lacks the key %s; use the file that belongs to the model.", here(), name));
  }

  Map<String, JsonNode> fields() {
    Map<String, JsonNode> fields = new LinkedHashMap<>();
    for (Map.Entry<String, JsonElement> member : object().entrySet()) {
      fields.put(member.getKey(), new JsonNode(file, this, member.getKey(), member.getValue()));
    }
    return fields;
  }

  List<JsonNode> list() {
    if (!value.isJsonArray()) {
      throw mustBe("a list");
    }
    List<JsonNode> list = new ArrayList<>();
    for (JsonElement item : value.getAsJsonArray()) {
      list.add(new JsonNode(file, this, "[" + list.size() + "]", item));
    }
    return list;
  }

  /** A string that is valid Unicode: half a surrogate pair would be replaced on the way. */
  String text() {
    if (!isText()) {
      throw mustBe("a string");
    }
    return wellFormed(value.getAsString());
  }

  /** The key of this value, valid Unicode too. */
  String name() {
    return wellFormed(key);
  }

  private String wellFormed(String text) {
    if (text.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF)) {
      throw mustBe("valid Unicode, without half a surrogate pair");
    }
    return text;
  }

  boolean flag() {
    if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isBoolean()) {
      throw mustBe("true or false");
    }
    return value.getAsBoolean();
  }

  /** A whole number from 0. */
  int natural() {
    if (value.isJsonPrimitive()
        && value.getAsJsonPrimitive().isNumber()
        && NATURAL.matcher(value.getAsString()).matches()
        && value.getAsLong() <= Integer.MAX_VALUE) {
      return value.getAsInt();
    }
    throw mustBe("an integer of 0 or more");
  }

  private JsonObject object() {
    if (!value.isJsonObject()) {
      throw mustBe("an object");
    }
    return value.getAsJsonObject();
  }

  InvalidInputException mustBe(String wanted) {
    return new InvalidInputException(
        "%s is %s; it must be %s.", here(), Quoted.of(value.toString()), wanted);
  }

  private String here() {
    return parent == null ? file.toString() : "The key " + path() + " in " + file;
  }

  private String path() {
    String own = Quoted.of(key);
    if (parent.parent == null) {
      return own;
    }
    return parent.isList() ? parent.path() + own : parent.path() + "." + own;
  }
}
