package org.smartbert.model.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the added tokens that are looked for in the text as it is, by the library's rules: the
 * leftmost counts, of several there the longest, and one that must be a word of its own and is not
 * hides what it covers. The adjacent spaces that a token takes make no word pieces in any case.
 */
final class AddedTokens {
  private static final int TABLE = 128;

  private final Map<Character, List<AddedToken>> byFirst = new HashMap<>();
  private final boolean[] firstAscii = new boolean[TABLE];
  private final boolean firstBeyond;

  AddedTokens(List<AddedToken> added) {
    boolean beyond = false;
    for (AddedToken token : added) {
      if (!token.normalized()) {
        char first = token.content().charAt(0);
        byFirst.computeIfAbsent(first, c -> new ArrayList<>()).add(token);
        if (first < TABLE) {
          firstAscii[first] = true;
        } else {
          beyond = true;
        }
      }
    }
    firstBeyond = beyond;
    Comparator<AddedToken> longestFirst =
        Comparator.comparingInt((AddedToken t) -> t.content().length()).reversed();
    byFirst.values().forEach(tokens -> tokens.sort(longestFirst));
  }

  /** Whether some token begins with a character. */
  boolean mayBegin(char c) {
    return c < TABLE ? firstAscii[c] : firstBeyond;
  }

  /** The longest token at a position of a text, or null. */
  AddedToken at(String text, int position) {
    for (AddedToken token : byFirst.getOrDefault(text.charAt(position), List.of())) {
      if (text.startsWith(token.content(), position)) {
        return token;
      }
    }
    return null;
  }

  /** Whether a token found at a position counts, or only hides what it covers. */
  static boolean counts(AddedToken token, String text, int position) {
    return !token.singleWord() || isAlone(text, position, position + token.content().length());
  }

  private static boolean isAlone(String text, int start, int end) {
    return (start == 0 || !isWordCharacter(text.codePointBefore(start)))
        && (end == text.length() || !isWordCharacter(text.codePointAt(end)));
  }

  /** Unicode's \w, by its Technical Standard 18. */
  private static boolean isWordCharacter(int c) {
    return Character.isAlphabetic(c)
        || c == 0x200C
        || c == 0x200D
        || switch (Character.getType(c)) {
          case Character.NON_SPACING_MARK,
              Character.ENCLOSING_MARK,
              Character.COMBINING_SPACING_MARK,
              Character.DECIMAL_DIGIT_NUMBER,
              Character.CONNECTOR_PUNCTUATION ->
              true;
          default -> false;
        };
  }
}
