package org.smartbert.model.text;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The added tokens that the library looks for in the normalised text, and where a text may be cut
 * without hiding one from it. Where that is not certain, it is not cut.
 */
final class NormalizedTokens {
  private final boolean any;
  private final boolean ascii;
  private final boolean spaced;
  private final boolean singleWord;
  private final BitSet characters = new BitSet();

  /** Lower-case ASCII characters with one space between them, in some token. */
  private final Set<Integer> besideSpaces = new HashSet<>();

  NormalizedTokens(List<AddedToken> added) {
    List<AddedToken> tokens = added.stream().filter(AddedToken::normalized).toList();
    any = !tokens.isEmpty();
    ascii = tokens.stream().allMatch(t -> t.content().chars().allMatch(c -> c > 0 && c < 128));
    singleWord = tokens.stream().anyMatch(AddedToken::singleWord);
    spaced =
        !ascii || tokens.stream().anyMatch(t -> t.content().chars().anyMatch(c -> !isPrintable(c)));
    for (AddedToken token : tokens) {
      String content = token.content();
      content.chars().map(NormalizedTokens::lower).forEach(characters::set);
      for (int i = 1; i + 1 < content.length(); i++) {
        if (!isPrintable(content.charAt(i))) {
          besideSpaces.add(both(content.charAt(i - 1), content.charAt(i + 1)));
        }
      }
    }
  }

  boolean any() {
    return any;
  }

  /** Whether a token may hold a space once it is normalised. */
  boolean spaced() {
    return spaced;
  }

  /** Whether no token can reach over the space at a position. */
  boolean cutsAtSpace(String text, int space) {
    if (!spaced) {
      return true;
    }
    if (!ascii || space == 0 || space + 1 == text.length()) {
      return false;
    }
    char before = text.charAt(space - 1);
    char after = text.charAt(space + 1);
    return isPrintable(before) && isPrintable(after) && !besideSpaces.contains(both(before, after));
  }

  /** Whether no token can hold a punctuation mark or Chinese character, or depend on it. */
  boolean cutsAround(int c) {
    return !any || (ascii && !characters.get(lower(c)) && !(singleWord && (c >= 128 || c == '_')));
  }

  private static boolean isPrintable(int c) {
    return c > ' ' && c < 127;
  }

  private static int both(char before, char after) {
    return lower(before) << 16 | lower(after);
  }

  private static int lower(int c) {
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
  }
}
