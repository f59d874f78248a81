package org.smartbert.jobs.actions.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.smartbert.model.training.Checkpoint;
import org.smartbert.model.training.TrainingEvent;

/**
 * The part of a checkpoint that is not tensors.
 *
 * @param request digest of all that the model depends on
 * @param sha256 of the tensors' file
 * @param seconds that the run has taken, over all of its attempts
 */
record CheckpointManifest(
    Checkpoint.Position position,
    String request,
    String sha256,
    double seconds,
    List<TrainingEvent.Step> steps,
    List<TrainingEvent.Validation> validations) {
  /** A key that is missing is as bad as a file that is cut off: no value is made up for it. */
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);

  /**
   * Reads a manifest.
   *
   * @throws IOException if it is not whole
   */
  static CheckpointManifest parse(byte[] json) throws IOException {
    CheckpointManifest manifest;
    try {
      manifest = JSON.readValue(json, CheckpointManifest.class);
    } catch (JsonProcessingException e) {
      throw new IOException("its manifest is damaged (" + e.getOriginalMessage() + ")", e);
    }
    if (manifest == null
        || manifest.steps().stream().anyMatch(Objects::isNull)
        || manifest.validations().stream().anyMatch(Objects::isNull)) {
      throw new IOException("its manifest is damaged (a value is null)");
    }
    return manifest;
  }

  byte[] json() throws IOException {
    return JSON.writeValueAsBytes(this);
  }

  /** The events so far, in their order. */
  List<TrainingEvent> events() {
    List<TrainingEvent> events = new ArrayList<>(steps);
    events.addAll(validations);
    events.sort(
        Comparator.comparingInt(TrainingEvent::stage)
            .thenComparingInt(TrainingEvent::trial)
            .thenComparingInt(TrainingEvent::step));
    return events;
  }
}
