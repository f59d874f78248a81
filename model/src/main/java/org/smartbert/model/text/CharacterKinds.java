package org.smartbert.model.text;

import java.text.Normalizer;

/**
 * What BERT's normaliser and pre-tokeniser do to each character, as far as it is certain whatever
 * is adjacent.
 */
final class CharacterKinds {
  /** What becomes of a character. */
  enum Kind {
    /** Separates words, and is removed. */
    SPACE,
    /** A word of its own. */
    ALONE,
    /** A character of a word, or several: never removed, never a boundary. */
    WORD,
    /** Removed as if it had not been there. */
    REMOVED,
    /** Anything; to be left to the library. */
    OTHER
  }

  /** The planes of letters and of emoji; beyond are Chinese characters, quickly known. */
  private static final int TABLE = 0x20000;

  private final Normalization normalization;
  private final NormalizedTokens tokens;

  /** Once they are known. */
  private final Kind[] known = new Kind[TABLE];

  CharacterKinds(Normalization normalization, NormalizedTokens tokens) {
    this.normalization = normalization;
    this.tokens = tokens;
  }

  Kind of(int c) {
    if (c >= TABLE) {
      return decide(c);
    }
    Kind kind = known[c];
    if (kind == null) {
      kind = decide(c);
      known[c] = kind;
    }
    return kind;
  }

  private Kind decide(int c) {
    if (isSpace(c)) {
      return tokens.spaced() ? Kind.OTHER : Kind.SPACE;
    }
    if ((normalization.chineseChars() && isChinese(c)) || isPunctuation(c)) {
      return tokens.cutsAround(c) ? Kind.ALONE : Kind.OTHER;
    }
    if (isRemoved(c)) {
      return Kind.REMOVED;
    }
    return isWord(c) ? Kind.WORD : Kind.OTHER;
  }

  private static boolean isSpace(int c) {
    return c == ' '
        || c == '\t'
        || c == '\n'
        || c == '\r'
        || c == 0xA0
        || c == 0x1680
        || (c >= 0x2000 && c <= 0x200A)
        || c == 0x2028
        || c == 0x2029
        || c == 0x202F
        || c == 0x205F
        || c == 0x3000;
  }

  /** The blocks that tokenizers' BertNormalizer puts between spaces. */
  private static boolean isChinese(int c) {
    return (c >= 0x4E00 && c <= 0x9FFF)
        || (c >= 0x3400 && c <= 0x4DBF)
        || (c >= 0x20000 && c <= 0x2A6DF)
        || (c >= 0x2A700 && c <= 0x2B73F)
        || (c >= 0x2B740 && c <= 0x2B81F)
        || (c >= 0x2B920 && c <= 0x2CEAF)
        || (c >= 0xF900 && c <= 0xFAFF)
        || (c >= 0x2F800 && c <= 0x2FA1F);
  }

  /** ASCII's, and that of Unicode's common blocks which has no decomposition. */
  private static boolean isPunctuation(int c) {
    if (c < 128) {
      return (c >= 33 && c <= 47)
          || (c >= 58 && c <= 64)
          || (c >= 91 && c <= 96)
          || (c >= 123 && c <= 126);
    }
    return isPunctuationType(c)
        && (c < 0x250
            || (c >= 0x2010 && c <= 0x205E)
            || (c >= 0x3001 && c <= 0x301F)
            || c >= 0xFE30)
        && c < 0x10000;
  }

  private boolean isRemoved(int c) {
    int type = Character.getType(c);
    if (normalization.cleanText()
        && (c == 0xFFFD || type == Character.CONTROL || (c >= 0x200B && c <= 0x200F))) {
      return true;
    }
    return normalization.stripsAccents() && c >= 0x300 && c <= 0x36F;
  }

  private boolean isWord(int c) {
    if (c < 128) {
      return Character.isLetterOrDigit(c);
    }
    if (!normalization.stripsAccents()) {
      return isWordType(c) || (c >= 0x300 && c <= 0x36F);
    }
    String parts = Normalizer.normalize(Character.toString(c), Normalizer.Form.NFD);
    return isWordType(parts.codePointAt(0))
        && parts.codePoints().noneMatch(p -> isPunctuationType(p) || (p < 128 && !isAsciiWord(p)));
  }

  private static boolean isAsciiWord(int c) {
    return Character.isLetterOrDigit(c);
  }

  private static boolean isWordType(int c) {
    return Character.isLetterOrDigit(c)
        || (c >= 0x1F000 && Character.getType(c) == Character.OTHER_SYMBOL);
  }

  private static boolean isPunctuationType(int c) {
    return switch (Character.getType(c)) {
      case Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.CONNECTOR_PUNCTUATION,
          Character.OTHER_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION ->
          true;
      default -> false;
    };
  }
}
