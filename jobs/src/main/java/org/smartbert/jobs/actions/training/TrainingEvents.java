package org.smartbert.jobs.actions.training;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.util.AccumulatorV2;
import org.smartbert.model.training.TrainingEvent;

/** Carries a training task's events to the driver with the executor's heartbeats. */
public final class TrainingEvents extends AccumulatorV2<TrainingEvent, List<TrainingEvent>> {
  private static final long serialVersionUID = 1L;

  private final ArrayList<TrainingEvent> events = new ArrayList<>();

  @Override
  public synchronized boolean isZero() {
    return events.isEmpty();
  }

  @Override
  public synchronized AccumulatorV2<TrainingEvent, List<TrainingEvent>> copy() {
    TrainingEvents copy = new TrainingEvents();
    copy.events.addAll(events);
    return copy;
  }

  @Override
  public synchronized void reset() {
    events.clear();
  }

  @Override
  public synchronized void add(TrainingEvent event) {
    events.add(event);
  }

  @Override
  public synchronized void merge(AccumulatorV2<TrainingEvent, List<TrainingEvent>> other) {
    events.addAll(other.value());
  }

  @Override
  public synchronized List<TrainingEvent> value() {
    return new ArrayList<>(events);
  }
}
