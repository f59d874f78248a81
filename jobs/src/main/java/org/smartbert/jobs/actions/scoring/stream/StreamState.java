package org.smartbert.jobs.actions.scoring.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.smartbert.jobs.actions.scoring.ScoringPlan;
import org.smartbert.jobs.io.StreamSource;
import org.smartbert.model.InvalidInputException;

/**
 * What a checkpoint belongs to: it is written before the first batch and does not change.
 *
 * @param id of the checkpoint
 */
record StreamState(String id, Job job, Source source, Output output) {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

  /**
   * What is computed.
   *
   * @param digest {@link ScoringPlan#job}
   * @param settings by name, to tell what is different in another job
   */
  record Job(String digest, Map<String, String> settings) {
    static Job of(ScoringPlan plan) {
      Map<String, String> settings = new TreeMap<>(plan.settings());
      settings.put("input", plan.input().location());
      settings.put("input_format", plan.input().format().toString());
      settings.put("input_options", plan.input().options().toString());
      settings.put("model_version", plan.model().version());
      return new Job(plan.job(), settings);
    }

    /** Settings that are not the same, in words. */
    String differences(Job now) {
      TreeSet<String> names = new TreeSet<>(settings.keySet());
      names.addAll(now.settings.keySet());
      List<String> differences = new ArrayList<>();
      for (String name : names) {
        String before = settings.getOrDefault(name, "");
        String after = now.settings.getOrDefault(name, "");
        if (!before.equals(after)) {
          differences.add(name + " was " + before + " and is " + after);
        }
      }
      return differences.isEmpty() ? "how the input is read" : String.join("; ", differences);
    }
  }

  /**
   * What is read.
   *
   * @param table id of a Delta table; empty for files
   * @param columns as JSON of Spark
   */
  record Source(String table, String columns) {}

  /**
   * What is written.
   *
   * @param table id of the Delta table
   */
  record Output(String location, String table) {}

  static StreamState begin(
      ScoringPlan plan, StreamSource source, StructType columns, String outputTable) {
    return new StreamState(
        UUID.randomUUID().toString(),
        Job.of(plan),
        new Source(source.identity().orElse(""), columns.json()),
        new Output(plan.output().name(), outputTable));
  }

  StructType columns() {
    return (StructType) DataType.fromJson(source.columns());
  }

  byte[] json() throws IOException {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
  }

  /**
   * Reads a state.
   *
   * @throws IOException if it is not whole
   */
  static StreamState parse(byte[] json) throws IOException {
    try {
      return JSON.readValue(json, StreamState.class);
    } catch (JsonProcessingException e) {
      throw new IOException(e.getOriginalMessage(), e);
    }
  }

  /**
   * Refuses another job.
   *
   * @param folder of the checkpoint
   * @throws InvalidInputException if this is the checkpoint of another job or another input
   */
  void requireSame(ScoringPlan plan, StreamSource now, String folder) {
    Job wanted = Job.of(plan);
    if (!job.digest().equals(wanted.digest())) {
      throw new InvalidInputException(
          "The checkpoint %s belongs to another job (%s); give another --checkpoint, or omit it.",
          folder, job.differences(wanted));
    }
    if (!now.identity().orElse("").equals(source.table())) {
      throw new InvalidInputException(
          "The input %s is not the table that the checkpoint %s belongs to: it was deleted and"
              + " created anew; give another --output, which scores all rows.",
          plan.input().location(), folder);
    }
  }

  /**
   * Refuses another output.
   *
   * @param now id of the table at the output's place; empty where there is none
   * @throws InvalidInputException if it is not the table that was written
   */
  void requireOutput(String now, ScoringPlan plan, String folder) {
    if (!now.equals(output.table())) {
      throw new InvalidInputException(
          "The checkpoint %s belongs to the table that was %s, and %s; move that table back, or"
              + " give another --checkpoint, which scores all rows.",
          folder,
          output.location(),
          now.isEmpty()
              ? plan.output().name() + " does not exist"
              : "the table at " + plan.output().name() + " is another one");
    }
  }
}
