package org.smartbert.bench;

import ai.djl.pytorch.jni.JniUtils;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.smartbert.model.Precision;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.text.EncodedText;

/**
 * Where an inference's time goes, by libtorch's own profiler, on one thread: at full depth, with
 * every gate and classifier evaluated, and where rows exit. Each operator's own time, without what
 * it calls. Arguments: row lengths ({@link RowLengths}), tokens of all rows, entropy threshold of
 * the third run, a backbone; BERT-base sizes without.
 */
public final class ProfileBench {
  private static final int TOKENS = 8192;
  private static final float THRESHOLD = 0.449f;
  private static final double SHOWN = 0.005;

  private ProfileBench() {}

  private record Event(String name, double start, double duration) {
    double end() {
      return start + duration;
    }
  }

  /** Microseconds by operator. */
  private record Profile(Map<String, Double> own, double all) {
    double share(String operator) {
      return own.getOrDefault(operator, 0.0) / all;
    }
  }

  public static void main(String[] arguments) throws IOException {
    RowLengths lengths =
        RowLengths.valueOf((arguments.length > 0 ? arguments[0] : "sst2").toUpperCase(Locale.ROOT));
    int tokens = arguments.length > 1 ? Integer.parseInt(arguments[1]) : TOKENS;
    float threshold = arguments.length > 2 ? Float.parseFloat(arguments[2]) : THRESHOLD;
    RandomBert.Network network =
        arguments.length > 3 ? RandomBert.of(Path.of(arguments[3])) : RandomBert.network();
    List<EncodedText> rows = lengths.rows(tokens, network.config().vocabSize());
    Map<String, HostTensor> calibrated =
        RandomBert.calibrated(network.config(), network.weights(), rows.subList(0, 32));
    List<InferenceSettings> runs =
        List.of(
            InferenceSettings.of(new ExitPolicy.Never(), Gates.OFF),
            InferenceSettings.of(new ExitPolicy.EvaluateAll(), Gates.ON),
            InferenceSettings.of(new ExitPolicy.Entropy(threshold), Gates.OFF));
    System.out.printf(
        Locale.ROOT,
        "| precision | operator | full depth | all evaluated, none exits | S = %.3f |%n",
        threshold);
    System.out.println("|---|---|---|---|---|");
    for (Precision precision : Precision.values()) {
      Map<String, HostTensor> weights =
          precision == Precision.INT8 ? calibrated : network.weights();
      try (SmartBertModel model = SmartBertModel.of(network.config(), weights, precision)) {
        List<Profile> profiles = new ArrayList<>();
        for (InferenceSettings settings : runs) {
          profiles.add(profile(model, settings, rows));
        }
        print(precision, profiles);
      }
    }
  }

  private static Profile profile(
      SmartBertModel model, InferenceSettings settings, List<EncodedText> rows) throws IOException {
    for (int warmUp = 0; warmUp < 3; warmUp++) {
      model.classifier(settings).decide(rows);
    }
    Path trace = Files.createTempFile("smartbert-trace-", ".json");
    boolean cuda = false;
    boolean shapes = false;
    boolean memory = false;
    long started = System.nanoTime();
    JniUtils.startProfile(cuda, shapes, memory);
    model.classifier(settings).decide(rows);
    double wall = (System.nanoTime() - started) / 1e3;
    JniUtils.stopProfile(trace.toString());
    List<Event> events = new ArrayList<>();
    for (JsonElement element : JsonParser.parseString(Files.readString(trace)).getAsJsonArray()) {
      JsonObject event = element.getAsJsonObject();
      if (event.has("dur") && event.has("ts")) {
        events.add(
            new Event(
                event.get("name").getAsString(),
                event.get("ts").getAsDouble(),
                event.get("dur").getAsDouble()));
      }
    }
    Files.delete(trace);
    return new Profile(ownTimes(events, wall), wall);
  }

  /** Own time of each operator; time outside all operators has a name of its own. */
  private static Map<String, Double> ownTimes(List<Event> events, double wall) {
    events.sort(Comparator.comparingDouble(Event::start).thenComparing(e -> -e.duration()));
    Map<String, Double> own = new TreeMap<>();
    ArrayDeque<Event> open = new ArrayDeque<>();
    double top = 0;
    for (Event event : events) {
      while (!open.isEmpty() && open.peek().end() <= event.start()) {
        open.pop();
      }
      if (open.isEmpty()) {
        top += event.duration();
      } else {
        own.merge(open.peek().name(), -event.duration(), Double::sum);
      }
      own.merge(event.name(), event.duration(), Double::sum);
      open.push(event);
    }
    own.put("Java, interpreter and profiler", wall - top);
    return own;
  }

  private static void print(Precision precision, List<Profile> profiles) {
    Map<String, Double> largest = new TreeMap<>();
    for (Profile profile : profiles) {
      profile.own().keySet().forEach(o -> largest.merge(o, profile.share(o), Math::max));
    }
    double[] rest = new double[profiles.size()];
    List<Map.Entry<String, Double>> sorted = new ArrayList<>(largest.entrySet());
    sorted.sort(Map.Entry.<String, Double>comparingByValue().reversed());
    for (Map.Entry<String, Double> operator : sorted) {
      double[] shares = profiles.stream().mapToDouble(p -> p.share(operator.getKey())).toArray();
      if (operator.getValue() < SHOWN) {
        Arrays.setAll(rest, i -> rest[i] + shares[i]);
      } else {
        line(precision, operator.getKey(), shares);
      }
    }
    line(precision, "all others", rest);
    System.out.printf(
        Locale.ROOT,
        "| %s | **in all, ms** | %s |%n",
        precision.name().toLowerCase(Locale.ROOT),
        profiles.stream()
            .map(p -> String.format(Locale.ROOT, "%.0f", p.all() / 1e3))
            .collect(Collectors.joining(" | ")));
  }

  private static void line(Precision precision, String name, double... shares) {
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %s |%n",
        precision.name().toLowerCase(Locale.ROOT),
        name,
        Arrays.stream(shares)
            .mapToObj(share -> String.format(Locale.ROOT, "%.1f %%", 100 * share))
            .collect(Collectors.joining(" | ")));
  }
}
