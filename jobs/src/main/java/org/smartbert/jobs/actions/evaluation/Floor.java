package org.smartbert.jobs.actions.evaluation;

/** Whether a {@linkplain WordCountFloor word count} is fitted too, to compare a model with. */
public enum Floor {
  ON,
  OFF
}
