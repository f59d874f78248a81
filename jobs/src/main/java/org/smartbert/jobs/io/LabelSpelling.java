package org.smartbert.jobs.io;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Labels that look like one label written in several ways. */
final class LabelSpelling {
  private static final int MAX_GROUPS = 5;
  private static final int MAX_CHARACTERS = 40;

  private LabelSpelling() {}

  /**
   * One sentence, where labels differ by case, blanks, leading zeros or characters that are not
   * seen alone.
   */
  static Optional<String> lookAlikes(List<String> labels) {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    for (String label : labels) {
      groups.computeIfAbsent(plain(label), k -> new ArrayList<>()).add(shown(label));
    }
    List<String> alike =
        groups.values().stream()
            .filter(group -> group.size() > 1)
            .map(group -> String.join(", ", group))
            .toList();
    if (alike.isEmpty()) {
      return Optional.empty();
    }
    String rest = alike.size() > MAX_GROUPS ? "; and others" : "";
    return Optional.of(
        String.format(
            "Labels differ only by case, blanks or leading zeros, and are treated as different"
                + " classes: %s%s.",
            String.join("; ", alike.subList(0, Math.min(MAX_GROUPS, alike.size()))), rest));
  }

  private static String plain(String label) {
    String letters =
        Normalizer.normalize(label, Normalizer.Form.NFKC)
            .replaceAll("[\\s\\p{Z}\\p{Cc}\\p{Cf}]+", " ")
            .strip()
            .toLowerCase(Locale.ROOT);
    return letters.replaceFirst("^([+-]?)0+(?=\\d)", "$1");
  }

  /** Labels in quotes, so that blanks at their ends are seen. */
  static String shown(List<String> labels) {
    return labels.stream().map(LabelSpelling::shown).collect(Collectors.joining(", "));
  }

  private static String shown(String label) {
    String line = label.replaceAll("\\p{Cc}", "?");
    return "\""
        + (line.length() > MAX_CHARACTERS ? line.substring(0, MAX_CHARACTERS) + "..." : line)
        + "\"";
  }
}
