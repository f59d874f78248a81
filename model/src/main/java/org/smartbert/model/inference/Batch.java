package org.smartbert.model.inference;

/**
 * The rows of one native call: neighbours in a {@link PackedRows}.
 *
 * @param firstToken where they begin in the packed tokens
 * @param rows their numbers in the window
 * @param lengths their tokens
 */
record Batch(long firstToken, int[] rows, int[] lengths) {}
