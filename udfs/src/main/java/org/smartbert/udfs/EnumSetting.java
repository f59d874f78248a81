package org.smartbert.udfs;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.smartbert.model.InvalidInputException;

/** Parses settings whose values are the constants of an enum. */
final class EnumSetting {
  private EnumSetting() {}

  /** The value of that name, in any case. */
  static <T extends Enum<T>> T of(Class<T> type, String setting, String word) {
    return Arrays.stream(type.getEnumConstants())
        .filter(value -> value.name().equalsIgnoreCase(word))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "%s is %s; it must be one of: %s.",
                    setting,
                    word,
                    Arrays.stream(type.getEnumConstants())
                        .map(value -> value.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", "))));
  }
}
