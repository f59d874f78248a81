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
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.text.EncodedText;

/**
 * Where an inference's time goes, by libtorch's own profiler: BERT-base sizes, SST-2's lengths, one
 * thread, every gate and classifier asked. Each operator's own time, without what it calls.
 */
public final class ProfileBench {
  private static final int TOKENS = 4096;
  private static final double SHOWN = 0.01;

  private ProfileBench() {}

  private record Event(String name, double start, double duration) {
    double end() {
      return start + duration;
    }
  }

  public static void main(String[] arguments) throws IOException {
    BertConfig config = RandomBert.base();
    Map<String, HostTensor> weights = RandomBert.weights(config);
    List<EncodedText> rows = RowLengths.SST2.rows(TOKENS, config.vocabSize());
    Map<String, HostTensor> calibrated =
        RandomBert.calibrated(config, weights, rows.subList(0, 32));
    System.out.println("| precision | operator | share of the time |");
    System.out.println("|---|---|---|");
    for (Precision precision : Precision.values()) {
      try (SmartBertModel model =
          SmartBertModel.of(
              config, precision == Precision.INT8 ? calibrated : weights, precision)) {
        print(precision, profile(model, rows));
      }
    }
  }

  private static Map<String, Double> profile(SmartBertModel model, List<EncodedText> rows)
      throws IOException {
    InferenceSettings settings = InferenceSettings.of(new ExitPolicy.AskAll(), Gates.ON);
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
    return shares(events, wall);
  }

  /** Own time of each operator; what no operator accounts for stands under its own name. */
  private static Map<String, Double> shares(List<Event> events, double wall) {
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
        own.merge(open.peek().name(), -event.duration() / wall, Double::sum);
      }
      own.merge(event.name(), event.duration() / wall, Double::sum);
      open.push(event);
    }
    own.put("Java, interpreter and profiler", 1 - top / wall);
    return own;
  }

  private static void print(Precision precision, Map<String, Double> shares) {
    double rest = 0;
    List<Map.Entry<String, Double>> sorted = new ArrayList<>(shares.entrySet());
    sorted.sort(Map.Entry.<String, Double>comparingByValue().reversed());
    for (Map.Entry<String, Double> share : sorted) {
      if (share.getValue() < SHOWN) {
        rest += share.getValue();
      } else {
        line(precision, share.getKey(), share.getValue());
      }
    }
    line(precision, "all others", rest);
  }

  private static void line(Precision precision, String name, double share) {
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %.1f %% |%n",
        precision.name().toLowerCase(Locale.ROOT),
        name,
        100 * share);
  }
}
