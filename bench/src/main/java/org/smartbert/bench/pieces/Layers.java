package org.smartbert.bench.pieces;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.smartbert.bench.RandomBert;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.text.EncodedText;

/** Rows of 32 tokens through a network of two layers of a given width, by tokens of a batch. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class Layers {
  private static final int ROW_TOKENS = 32;
  private static final int TOKENS = 4096;

  @Param({"FP32", "BF16", "INT8"})
  public Precision precision;

  @Param({"128", "768"})
  public int width;

  @Param({"128", "512", "2048"})
  public int batchTokens;

  private SmartBertModel model;
  private List<EncodedText> rows;

  /** Makes the network. */
  @Setup
  public void load() {
    BertConfig config = RandomBert.of(width, 2);
    rows =
        Stream.generate(() -> IntStream.range(0, ROW_TOKENS).map(i -> 5 + i).toArray())
            .limit(TOKENS / ROW_TOKENS)
            .map(ids -> new EncodedText(ids, new int[ROW_TOKENS], false))
            .toList();
    Map<String, HostTensor> weights =
        RandomBert.calibrated(config, RandomBert.weights(config), rows.subList(0, 8));
    model = SmartBertModel.of(config, weights, precision);
  }

  /** 4096 tokens through both layers and the last classifier. */
  @Benchmark
  public List<Decision> twoLayers() {
    return model.classifier(settings(new ExitPolicy.Never(), Gates.OFF)).decide(rows);
  }

  /** The same with each gate and classifier evaluated. */
  @Benchmark
  public List<Decision> twoLayersAllAsked() {
    return model.classifier(settings(new ExitPolicy.EvaluateAll(), Gates.ON)).decide(rows);
  }

  private InferenceSettings settings(ExitPolicy exit, Gates gates) {
    return new InferenceSettings(exit, gates, batchTokens, 1 << 16);
  }

  /** Frees the network. */
  @TearDown
  public void close() {
    model.close();
  }
}
