package org.smartbert.model.text;

/**
 * A token that is found in the text before it is split into words.
 *
 * @param content what stands in the text
 * @param singleWord whether it counts only where no word character is beside it
 * @param leftStrip whether it takes the spaces before it
 * @param rightStrip whether it takes the spaces after it
 * @param normalized whether it is looked for in the normalised text rather than in the text as is
 * @param special whether it is one of the model's special tokens
 */
record AddedToken(
    int id,
    String content,
    boolean singleWord,
    boolean leftStrip,
    boolean rightStrip,
    boolean normalized,
    boolean special) {

  static AddedToken special(int id, String content) {
    return new AddedToken(id, content, false, false, false, false, true);
  }
}
