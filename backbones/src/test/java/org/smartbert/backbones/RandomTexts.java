package org.smartbert.backbones;

import java.util.Random;

/** Texts that tokenizers can disagree about. */
final class RandomTexts {
  private static final int MOST_WORDS = 12;

  /** Capitals, accents in both of Unicode's forms, scripts, emoji, digits and marks. */
  private static final String[] WORDS =
      """
      The cheapest Cheapest CAFÉ cafe\u0301 naïve Straße STRASSE İstanbul Ångström A\u030angstro\u0308m
      北京 我喜欢吃苹果 天気がいい 한국어 ภาษาไทย हिन्दी עברית العَرَبِيَّة Tiếng Việt ὀδυσσεύς Ёлка й
      😀 👩‍👩‍👧 👍🏽 🇩🇪 ❤️ 1,234.56 １２３ e-mail don't … “quoted” http://example.org/a?b=c ﬁne Ⅳ
      embeddings Unaffable xqzzv #tag ﷺ ¼ №5 ~ $^`| [MASK] [UNK ##ing
      """
          .strip()
          .split("[ \n]+");

  /** Spaces that are none to everybody, and characters that are removed. */
  private static final String[] BETWEEN = {
    "\t", "\u00a0", "\u2003", "\u3000", "\u200b", "\u00ad", "\u0007", "\ufeff", "\ufffd"
  };

  /** Of code points: Latin to punctuation, kana, Chinese, Korean, symbols and emoji. */
  private static final int[][] RANGES = {
    {0x20, 0x24f},
    {0x250, 0x1fff},
    {0x2000, 0x2bff},
    {0x3000, 0x33ff},
    {0x3400, 0x9fff},
    {0xac00, 0xd7a3},
    {0xf900, 0xffef},
    {0x1f300, 0x1faff},
    {0x20000, 0x2ffff},
  };

  private RandomTexts() {}

  /** Up to twelve words; one in eight is made of any characters. */
  static String next(Random random) {
    StringBuilder text = new StringBuilder();
    int count = 1 + random.nextInt(MOST_WORDS);
    for (int i = 0; i < count; i++) {
      text.append(
          random.nextInt(8) == 0 ? anyCharacters(random) : WORDS[random.nextInt(WORDS.length)]);
      text.append(
          switch (random.nextInt(10)) {
            case 0, 1 -> "";
            case 2 -> BETWEEN[random.nextInt(BETWEEN.length)];
            default -> " ";
          });
    }
    return text.toString();
  }

  /** Also of words that are longer than a vocabulary takes. */
  private static String anyCharacters(Random random) {
    StringBuilder word = new StringBuilder();
    int count = random.nextInt(50) == 0 ? 101 : 1 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      int[] range = RANGES[random.nextInt(RANGES.length)];
      word.appendCodePoint(range[0] + random.nextInt(range[1] - range[0] + 1));
    }
    return word.toString();
  }
}
