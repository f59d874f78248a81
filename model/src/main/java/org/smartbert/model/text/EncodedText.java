package org.smartbert.model.text;

/**
 * One row as the network takes it: [CLS] first, [SEP] last, never padded.
 *
 * @param inputIds the N word-piece ids
 * @param tokenTypeIds the N segment numbers: 0, and 1 for the second text of a pair and its [SEP]
 * @param truncated whether tokens were cut away to stay within the maximum length
 */
public record EncodedText(int[] inputIds, int[] tokenTypeIds, boolean truncated) {
  /** N, the number of real tokens, [CLS] and [SEP] counted. */
  public int tokens() {
    return inputIds.length;
  }
}
