package org.smartbert.model.text;

/**
 * A token that is found in the text before the text is split into words.
 *
 * @param content the text of the token
 * @param matching how it is found
 * @param special whether it is one of the model's special tokens
 */
record AddedToken(int id, String content, Matching matching, boolean special) {
  /**
   * The matching rules of tokenizer.json.
   *
   * @param singleWord match only where no word character is adjacent
   * @param leftStrip include the spaces before the token
   * @param rightStrip include the spaces after the token
   * @param normalized match in the normalised text instead of the original
   */
  record Matching(boolean singleWord, boolean leftStrip, boolean rightStrip, boolean normalized) {
    /** The token's exact characters in the original text. */
    static final Matching EXACT = new Matching(false, false, false, false);
  }

  static AddedToken special(int id, String content) {
    return new AddedToken(id, content, Matching.EXACT, true);
  }

  boolean singleWord() {
    return matching.singleWord();
  }

  boolean normalized() {
    return matching.normalized();
  }
}
