package org.smartbert.jobs.demo;

/** How much of a review must be understood to label it. */
public enum Difficulty {
  /** One clear word decides: "The soup was wonderful." */
  PLAIN(0.45),
  /** A negation turns it: "The soup was not disappointing at all." */
  NEGATED(0.15),
  /** Two clauses, one of which decides: "The soup was cold, but the evening was wonderful." */
  CONTRASTED(0.15),
  /** An expectation and what came of it: "I wanted to dislike the hotel and could not." */
  HEDGED(0.15),
  /** Several aspects and a verdict at the end. */
  MIXED(0.10);

  private final double share;

  Difficulty(double share) {
    this.share = share;
  }

  /** The share of a sample. */
  double share() {
    return share;
  }
}
