package org.smartbert.jobs.samples;

/**
 * A labelled text of a sample.
 *
 * @param id unique in the sample
 * @param origin what the text is from: the first word of a WordNet synset, the id of a rule
 * @param unit rows of one unit stand in one part of the sample
 */
public record Example(String id, String text, String label, String origin, String unit) {}
