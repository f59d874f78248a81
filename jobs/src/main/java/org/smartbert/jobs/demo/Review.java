package org.smartbert.jobs.demo;

/**
 * A labelled review.
 *
 * @param label "positive" or "negative", right by construction
 */
public record Review(long id, String text, String label, Difficulty difficulty) {}
