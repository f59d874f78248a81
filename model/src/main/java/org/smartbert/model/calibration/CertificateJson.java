package org.smartbert.model.calibration;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.calibration.Certificate.Cost;
import org.smartbert.model.calibration.Certificate.Evidence;
import org.smartbert.model.calibration.Certificate.Policy;
import org.smartbert.model.calibration.Certificate.Promise;
import org.smartbert.model.calibration.Certificate.Rows;
import org.smartbert.model.calibration.Certificate.Tested;
import org.smartbert.model.checkpoint.JsonFields;
import org.smartbert.model.inference.Gates;

/** A certificate as config.json holds it. */
final class CertificateJson {
  /** Of what the keys mean. */
  private static final int VERSION = 1;

  private static final double LARGEST = 1e15;

  private CertificateJson() {}

  static JsonObject of(Certificate certificate) {
    JsonObject json = new JsonObject();
    json.addProperty("version", VERSION);
    Policy policy = certificate.policy();
    json.addProperty("entropy_threshold", policy.entropyThreshold());
    json.addProperty("gates", id(policy.gates()));
    json.addProperty("precision", id(policy.precision()));
    json.addProperty("max_tokens", policy.maxTokens());
    certificate.tested().ifPresent(tested -> json.add("promise", promise(tested)));
    certificate.budget().ifPresent(budget -> json.addProperty("budget", budget));
    JsonObject cost = new JsonObject();
    cost.addProperty("mean", certificate.cost().mean());
    cost.addProperty("low", certificate.cost().low());
    cost.addProperty("high", certificate.cost().high());
    json.add("cost", cost);
    Evidence evidence = certificate.evidence();
    JsonArray grid = new JsonArray();
    evidence.grid().forEach(grid::add);
    json.add("grid", grid);
    json.addProperty("rows", evidence.rows().count());
    json.addProperty("rows_version", evidence.rows().version());
    json.addProperty("weights_digest", evidence.weights());
    json.addProperty("date", evidence.date().toString());
    return json;
  }

  private static JsonObject promise(Tested tested) {
    JsonObject json = new JsonObject();
    json.addProperty("risk", tested.promise().risk().id());
    json.addProperty("epsilon", tested.promise().epsilon());
    json.addProperty("confidence", tested.promise().confidence());
    json.addProperty("reference", tested.promise().reference().id());
    json.addProperty("certified", tested.certified());
    json.addProperty("errors", tested.errors());
    json.addProperty("p_value", tested.pValue());
    return json;
  }

  private static String id(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads a certificate.
   *
   * @throws InvalidInputException naming the key that is missing or wrong
   */
  static Certificate read(JsonFields json) {
    if (json.positive("version") != VERSION) {
      throw json.mustBe(
          "version", VERSION + ", or this program is older than the one that calibrated the model");
    }
    return new Certificate(
        new Policy(
            (float) number(json, "entropy_threshold", 0),
            one(json, "gates", Gates.values(), CertificateJson::id),
            one(json, "precision", Precision.values(), CertificateJson::id),
            json.positive("max_tokens")),
        json.object("promise").map(CertificateJson::tested),
        json.has("budget") ? Optional.of(number(json, "budget", 0)) : Optional.empty(),
        cost(json.object("cost").orElseThrow(() -> json.mustBe("cost", "an object"))),
        new Evidence(
            json.numbers("grid").stream().map(Double::floatValue).toList(),
            new Rows((long) number(json, "rows", 1), text(json, "rows_version")),
            text(json, "weights_digest"),
            date(json)));
  }

  private static Tested tested(JsonFields json) {
    return new Tested(
        new Promise(
            one(json, "risk", Risk.values(), Risk::id),
            number(json, "epsilon", 0),
            number(json, "confidence", 0),
            one(json, "reference", Reference.values(), Reference::id)),
        json.flag("certified", false),
        (long) number(json, "errors", -LARGEST),
        number(json, "p_value", 0));
  }

  private static Cost cost(JsonFields json) {
    return new Cost(number(json, "mean", 0), number(json, "low", 0), number(json, "high", 0));
  }

  private static double number(JsonFields json, String key, double least) {
    double number = json.between(key, least, LARGEST, Double.NaN);
    if (Double.isNaN(number)) {
      throw json.mustBe(key, "a number");
    }
    return number;
  }

  private static String text(JsonFields json, String key) {
    return json.text(key).orElseThrow(() -> json.mustBe(key, "a string"));
  }

  private static <E> E one(JsonFields json, String key, E[] values, Function<E, String> id) {
    String word = text(json, key);
    List<E> named = Arrays.stream(values).filter(value -> id.apply(value).equals(word)).toList();
    if (named.isEmpty()) {
      throw json.mustBe(
          key, "one of: " + Arrays.stream(values).map(id).collect(Collectors.joining(", ")));
    }
    return named.get(0);
  }

  private static Instant date(JsonFields json) {
    try {
      return Instant.parse(text(json, "date"));
    } catch (DateTimeParseException e) {
      throw json.mustBe("date", "a time such as 2026-01-31T12:00:00Z");
    }
  }
}
