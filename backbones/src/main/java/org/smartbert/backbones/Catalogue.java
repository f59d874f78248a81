package org.smartbert.backbones;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.smartbert.model.InvalidInputException;

/** The backbones that can be downloaded by name, from the resource {@code catalogue.json}. */
public record Catalogue(List<Backbone> backbones) {
  public Catalogue {
    backbones = List.copyOf(backbones);
  }

  /** The catalogue of this version. */
  public static Catalogue load() {
    try (InputStream in = Catalogue.class.getResourceAsStream("catalogue.json");
        Reader text = new InputStreamReader(in, StandardCharsets.UTF_8)) {
      List<Backbone> backbones = new ArrayList<>();
      for (JsonElement entry : JsonParser.parseReader(text).getAsJsonArray()) {
        backbones.add(backbone(entry.getAsJsonObject()));
      }
      return new Catalogue(backbones);
    } catch (IOException e) {
      throw new UncheckedIOException("The catalogue of backbones could not be read", e);
    }
  }

  private static Backbone backbone(JsonObject entry) {
    return new Backbone(
        entry.get("name").getAsString(),
        new MavenJar(
            entry.get("group").getAsString(),
            entry.get("artifact").getAsString(),
            entry.get("version").getAsString(),
            entry.get("sha256").getAsString(),
            entry.get("megabytes").getAsInt()),
        new Backbone.Sizes(
            entry.get("layers").getAsInt(),
            entry.get("heads").getAsInt(),
            entry.get("hidden").getAsInt(),
            entry.get("vocabulary").getAsInt(),
            entry.get("lowerCase").getAsBoolean()),
        entry.get("language").getAsString(),
        entry.get("license").getAsString(),
        entry.get("source").getAsString());
  }

  public Optional<Backbone> find(String name) {
    return backbones.stream().filter(each -> each.name().equalsIgnoreCase(name)).findFirst();
  }

  /**
   * The backbone of that name, in any case.
   *
   * @throws InvalidInputException if there is none
   */
  public Backbone require(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "The catalogue has no backbone %s; it has: %s.",
                    name,
                    backbones.stream().map(Backbone::name).collect(Collectors.joining(", "))));
  }
}
