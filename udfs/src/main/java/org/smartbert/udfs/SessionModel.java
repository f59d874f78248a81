package org.smartbert.udfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.SparkSession;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.inference.Gates;

/**
 * The model that a session's SQL functions use, by its settings: {@code spark.smartbert.sql.model}
 * (a model directory), and if wished {@code .entropy_threshold}, {@code .gates}, {@code
 * .precision}, {@code .device} and {@code .max_tokens}, as the command score has them.
 */
public final class SessionModel {
  /** What the settings' names begin with. */
  public static final String PREFIX = "spark.smartbert.sql.";

  /** All settings. */
  public static final List<String> KEYS =
      Stream.of("model", "entropy_threshold", "gates", "precision", "device", "max_tokens")
          .map(key -> PREFIX + key)
          .toList();

  /** Digests take a second for each few hundred megabytes; each file is read once. */
  private static final Map<List<Object>, ModelReference> KNOWN = new ConcurrentHashMap<>();

  /** Thresholds of models that are used without one; a certificate is logged once. */
  private static final Map<List<Object>, Float> CERTIFIED = new ConcurrentHashMap<>();

  private SessionModel() {}

  /**
   * The scorer's request, for the model of the settings.
   *
   * @throws InvalidInputException where there is none, or a setting is wrong
   */
  static ScoringRequest request(SparkSession session) {
    String location = setting(session, "model", "");
    if (location.isEmpty()) {
      throw new InvalidInputException(
          "No model is set; use SET %smodel = DIR with a model directory.", PREFIX);
    }
    Gates gates = choice(session, "gates", Gates.ON);
    ModelReference model = reference(session, location);
    return new ScoringRequest(
        new ScoringRequest.Columns("text", "pair"),
        model,
        threshold(session).orElseGet(() -> certified(session, model, gates)),
        gates,
        new PredictionSchema("", PredictionSchema.Logits.DROP),
        "sql");
  }

  private static ModelReference reference(SparkSession session, String location) {
    Configuration hadoop = session.sessionState().newHadoopConf();
    Precision precision = choice(session, "precision", Precision.FP32);
    ComputeDevice device =
        choice(session, "device", ComputeDevice.Requested.AUTO)
            .in(session.sparkContext().getConf(), Optional.of(precision));
    String tokens = setting(session, "max_tokens", "");
    List<Object> key = List.of(location, modified(location, hadoop), precision, device, tokens);
    return KNOWN.computeIfAbsent(
        key,
        unknown -> ModelReference.limited(location, maxTokens(tokens), precision, device, hadoop));
  }

  /** When the newest file was written; 0 where there is none. */
  private static long modified(String location, Configuration hadoop) {
    try {
      var directory = new org.apache.hadoop.fs.Path(location);
      var files = directory.getFileSystem(hadoop);
      if (!files.exists(directory)) {
        return 0;
      }
      return Arrays.stream(files.listStatus(directory))
          .mapToLong(FileStatus::getModificationTime)
          .max()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException("The model " + location + " could not be reached", e);
    }
  }

  /** 0 where nothing is set. */
  private static int maxTokens(String text) {
    if (!text.matches("\\d{0,6}")) {
      throw new InvalidInputException("%smax_tokens is %s; it must be a number.", PREFIX, text);
    }
    return text.isEmpty() ? 0 : Integer.parseInt(text);
  }

  private static Optional<Float> threshold(SparkSession session) {
    String text = setting(session, "entropy_threshold", "");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    float threshold;
    try {
      threshold = Float.parseFloat(text);
    } catch (NumberFormatException e) {
      threshold = Float.NaN;
    }
    if (!(threshold >= 0)) {
      throw new InvalidInputException(
          "%sentropy_threshold is %s; it must be a number of 0 or more.", PREFIX, text);
    }
    return Optional.of(threshold);
  }

  /** The certified threshold of a calibrated model, else the default. */
  private static float certified(SparkSession session, ModelReference model, Gates gates) {
    return CERTIFIED.computeIfAbsent(
        List.of(model, gates),
        unknown ->
            CertifiedThreshold.orDefault(model, gates, session.sessionState().newHadoopConf()));
  }

  private static <T extends Enum<T>> T choice(SparkSession session, String name, T absent) {
    return EnumSetting.of(
        absent.getDeclaringClass(), PREFIX + name, setting(session, name, absent.name()));
  }

  private static String setting(SparkSession session, String name, String absent) {
    return session.conf().get(PREFIX + name, absent);
  }
}
