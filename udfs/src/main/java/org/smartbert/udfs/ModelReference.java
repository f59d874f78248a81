package org.smartbert.udfs;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.inference.Answer;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.io.ModelDirectory;

/**
 * A model that every executor can load for itself.
 *
 * @param location the directory on any Hadoop file system that driver and executors read
 * @param digest {@link ModelDirectory#digest}, checked again on every executor
 * @param maxTokens longest row
 * @param precision of layers, gates and classifiers
 * @param device what it is computed on
 */
public record ModelReference(
    String location, String digest, int maxTokens, Precision precision, ComputeDevice device)
    implements Serializable {
  private static final int DEFAULT_MAX_TOKENS = 128;
  private static final int SHORTEST = 3;

  /**
   * @throws InvalidInputException for int8 on GPUs
   */
  public ModelReference {
    if (precision == Precision.INT8 && device == ComputeDevice.GPU) {
      throw new InvalidInputException(
          "int8 is computed on processors only; choose the precision fp32 or bf16, or the device"
              + " cpu, for %s.",
          location);
    }
  }

  /** The first characters of the digest: what rows name their model by. */
  public String version() {
    return digest.substring(0, 12);
  }

  /**
   * A decision of this model, where it computed numbers: a network that does not decides nothing,
   * whatever label comes out on top.
   *
   * @throws InvalidInputException where a classifier that was evaluated gave NaN
   */
  Decision requireNumbers(Decision decision) {
    for (float probability : decision.probabilities()) {
      requireNumber(probability);
    }
    for (Answer answer : decision.answers()) {
      requireNumber(answer.confidence());
      requireNumber(answer.entropy());
    }
    return decision;
  }

  private void requireNumber(float computed) {
    if (!Float.isFinite(computed)) {
      throw new InvalidInputException(
          "The model %s computes probabilities that are not numbers (%s) in %s: its weights hold"
              + " NaN or infinite values, or are too large for this precision; train it again, or"
              + " give another --precision.",
          location, computed, precision.name().toLowerCase(Locale.ROOT));
    }
  }

  /** Refers to a model directory after reading its identity. */
  public static ModelReference to(
      String location,
      int maxTokens,
      Precision precision,
      ComputeDevice device,
      Configuration hadoop) {
    Path local = local(location, hadoop);
    ModelDirectory.config(local);
    return new ModelReference(
        qualified(location, hadoop), ModelDirectory.digest(local), maxTokens, precision, device);
  }

  /**
   * The same, after the model's limits were looked at.
   *
   * @param maxTokens longest row; 0 for the smaller of 128 and the model's longest
   * @throws InvalidInputException for a length that the model does not take, and for int8 where the
   *     model is not quantised
   */
  public static ModelReference limited(
      String location,
      int maxTokens,
      Precision precision,
      ComputeDevice device,
      Configuration hadoop) {
    Path local = local(location, hadoop);
    ModelDirectory.requireFits(local, precision);
    Optional<Integer> requested = maxTokens == 0 ? Optional.empty() : Optional.of(maxTokens);
    return to(
        location,
        longestRow(requested, ModelDirectory.config(local), location),
        precision,
        device,
        hadoop);
  }

  /**
   * How long a row may be.
   *
   * @param requested tokens; the smaller of 128 and the model's longest where none is requested
   * @throws InvalidInputException for a length that the model does not take
   */
  public static int longestRow(Optional<Integer> requested, BertConfig config, String location) {
    int longest = config.maxPositions();
    int limit = requested.orElse(Math.min(DEFAULT_MAX_TOKENS, longest));
    if (limit < SHORTEST || limit > longest) {
      throw new InvalidInputException(
          "The longest row (max-tokens) is %d; the model in %s takes %d to %d tokens.",
          limit, location, SHORTEST, longest);
    }
    return limit;
  }

  private static String qualified(String location, Configuration hadoop) {
    try {
      org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(location);
      FileSystem files = path.getFileSystem(hadoop);
      return path.makeQualified(files.getUri(), files.getWorkingDirectory()).toString();
    } catch (IOException e) {
      throw new UncheckedIOException("The model " + location + " could not be reached", e);
    }
  }

  /** The directory itself where it is local, else a copy that is deleted when the JVM ends. */
  public static Path local(String location, Configuration hadoop) {
    try {
      org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(location);
      FileSystem files = path.getFileSystem(hadoop);
      if (files instanceof LocalFileSystem local) {
        return local.pathToFile(path).toPath();
      }
      if (!files.exists(path)) {
        throw new InvalidInputException(
            "The model directory %s does not exist; give a directory that train wrote.", location);
      }
      Path copy = Files.createTempDirectory("smartbert-model-");
      for (var status : files.listStatus(path)) {
        if (status.isFile()) {
          Path file = copy.resolve(status.getPath().getName());
          file.toFile().deleteOnExit();
          try (var in = files.open(status.getPath())) {
            Files.copy(in, file);
          }
        }
      }
      copy.toFile().deleteOnExit();
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException("The model " + location + " could not be copied", e);
    }
  }
}
