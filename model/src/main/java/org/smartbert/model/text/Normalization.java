package org.smartbert.model.text;

import java.util.Optional;

/**
 * What BERT does to a text before it splits it.
 *
 * @param cleanText removes control characters, and makes every white space a space
 * @param chineseChars puts each Chinese character between spaces
 * @param accentStripping whether accents are removed; by default they follow the case
 */
record Normalization(
    boolean cleanText, boolean chineseChars, Optional<Boolean> accentStripping, boolean lowerCase) {

  boolean stripsAccents() {
    return accentStripping.orElse(lowerCase);
  }
}
