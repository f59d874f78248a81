package org.smartbert.jobs.io;

import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.inference.Processor;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.udfs.ComputeDevice;
import org.smartbert.udfs.ModelReference;

/**
 * A trained model and how it is computed.
 *
 * @param location model directory on any Hadoop file system that driver and executors read
 * @param maxTokens longest row; empty for the smaller of 128 and the model's limit
 * @param precision empty for the fastest that model and device allow
 * @param device what tasks compute on
 */
public record ModelSelection(
    String location,
    Optional<Integer> maxTokens,
    Optional<Precision> precision,
    ComputeDevice.Requested device) {

  /** A model in float32, on the device that Spark gives to tasks. */
  public static ModelSelection of(String location) {
    return new ModelSelection(
        location, Optional.empty(), Optional.of(Precision.FP32), ComputeDevice.Requested.AUTO);
  }

  /** The same of a model in another place. */
  public ModelSelection at(String other) {
    return new ModelSelection(other, maxTokens, precision, device);
  }

  /**
   * A model that was read and fits its settings.
   *
   * @param local its directory, or a local copy of it
   */
  public record Resolved(Path local, BertConfig config, ModelReference reference) {}

  /**
   * Reads the whole model once, so that a broken one is refused before any task starts, and chooses
   * precision and device on the driver, so that all rows of a run are computed alike.
   *
   * @throws org.smartbert.model.InvalidInputException for a model, length, precision or device that
   *     does not fit
   */
  public Resolved resolve(SparkSession spark) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Path local = ModelReference.local(location, hadoop);
    BertConfig config = ModelDirectory.openModel(local).config();
    int limit = ModelReference.longestRow(maxTokens, config, location);
    ComputeDevice chosen = device.in(spark.sparkContext().getConf(), precision);
    Precision computed = precision.orElseGet(() -> fastest(local, chosen));
    ModelDirectory.requireFits(local, computed);
    return new Resolved(
        local, config, ModelReference.to(location, limit, computed, chosen, hadoop));
  }

  private static Precision fastest(Path model, ComputeDevice device) {
    if (device == ComputeDevice.GPU) {
      return Precision.BF16;
    }
    if (ModelDirectory.isQuantised(model) && Processor.knowsVnni()) {
      return Precision.INT8;
    }
    return Processor.knowsBfloat16() ? Precision.BF16 : Precision.FP32;
  }
}
