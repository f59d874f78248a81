package org.smartbert.udfs;

import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.FloatParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;

/**
 * A trained model as a Spark ML Transformer: adds the prediction columns ({@link PredictionSchema})
 * to a DataFrame of text. What is saved are the settings; the model stays where it is.
 */
public final class SmartBertClassifier extends Transformer implements DefaultParamsWritable {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final Param<String> inputCol;
  private final Param<String> pairCol;
  private final Param<String> modelPath;
  private final FloatParam entropyThreshold;
  private final Param<String> gates;
  private final Param<String> precision;
  private final Param<String> device;
  private final IntParam maxTokens;
  private final Param<String> prefix;

  public SmartBertClassifier() {
    this(Identifiable.randomUID("smartbert"));
  }

  /** What Spark ML makes when it loads one. */
  public SmartBertClassifier(String uid) {
    // Params ask for the uid, so it comes first.
    this.uid = uid;
    inputCol = new Param<>(this, "inputCol", "the text column");
    pairCol = new Param<>(this, "pairCol", "column with the second text, for text pairs");
    modelPath = new Param<>(this, "modelPath", "model directory that all executors can read");
    entropyThreshold =
        new FloatParam(
            this,
            "entropyThreshold",
            "a row exits at the first layer whose entropy is below this; 0 disables early exit;"
                + " not set: that of a calibrated model's certificate, else "
                + InferenceSettings.DEFAULT_ENTROPY_THRESHOLD);
    gates = new Param<>(this, "gates", "whether layers may be skipped: on or off");
    precision = new Param<>(this, "precision", "fp32, bf16 or int8");
    device = new Param<>(this, "device", "auto, cpu or gpu");
    maxTokens =
        new IntParam(
            this,
            "maxTokens",
            "maximum tokens per row; longer rows are truncated; 0: 128 or the model's limit,"
                + " whichever is smaller");
    prefix = new Param<>(this, "prefix", "prefix of the prediction columns");
    setDefault(inputCol, "text");
    setDefault(gates, "on");
    setDefault(precision, "fp32");
    setDefault(device, "auto");
    setDefault(maxTokens, 0);
    setDefault(prefix, "");
  }

  @Override
  public String uid() {
    return uid;
  }

  // Spark ML finds a stage's params by these methods.

  public Param<String> inputCol() {
    return inputCol;
  }

  public Param<String> pairCol() {
    return pairCol;
  }

  public Param<String> modelPath() {
    return modelPath;
  }

  public FloatParam entropyThreshold() {
    return entropyThreshold;
  }

  public Param<String> gates() {
    return gates;
  }

  public Param<String> precision() {
    return precision;
  }

  public Param<String> device() {
    return device;
  }

  public IntParam maxTokens() {
    return maxTokens;
  }

  public Param<String> prefix() {
    return prefix;
  }

  public SmartBertClassifier setInputCol(String column) {
    set(inputCol, column);
    return this;
  }

  public SmartBertClassifier setPairCol(String column) {
    set(pairCol, column);
    return this;
  }

  public SmartBertClassifier setModelPath(String directory) {
    set(modelPath, directory);
    return this;
  }

  /** In nats, or a share of ln C for a FastBERT model. */
  public SmartBertClassifier setEntropyThreshold(float threshold) {
    set(entropyThreshold, threshold);
    return this;
  }

  /** on or off. */
  public SmartBertClassifier setGates(String onOrOff) {
    set(gates, onOrOff);
    return this;
  }

  /** fp32, bf16, or int8 for a quantised model. */
  public SmartBertClassifier setPrecision(String name) {
    set(precision, name);
    return this;
  }

  /** auto (a GPU where Spark assigns one to each task), cpu or gpu. */
  public SmartBertClassifier setDevice(String name) {
    set(device, name);
    return this;
  }

  public SmartBertClassifier setMaxTokens(int tokens) {
    set(maxTokens, tokens);
    return this;
  }

  public SmartBertClassifier setPrefix(String text) {
    set(prefix, text);
    return this;
  }

  /**
   * The rows with the prediction columns.
   *
   * @throws InvalidInputException for a column or a setting that is wrong
   */
  @Override
  public Dataset<Row> transform(Dataset<?> rows) {
    Configuration hadoop = rows.sparkSession().sessionState().newHadoopConf();
    Precision computed = EnumSetting.of(Precision.class, "precision", getOrDefault(precision));
    ModelReference model =
        ModelReference.limited(
            required(modelPath, "setModelPath"),
            ((Number) this.<Object>getOrDefault(maxTokens)).intValue(),
            computed,
            EnumSetting.of(ComputeDevice.Requested.class, "device", getOrDefault(device))
                .in(rows.sparkSession().sparkContext().getConf(), Optional.of(computed)),
            hadoop);
    Gates used = EnumSetting.of(Gates.class, "gates", getOrDefault(gates));
    ScoringRequest request =
        new ScoringRequest(
            new ScoringRequest.Columns(
                getOrDefault(inputCol), isDefined(pairCol) ? getOrDefault(pairCol) : null),
            model,
            threshold(model, used, hadoop),
            used,
            schema(),
            uid);
    ScoringCounters counters = ScoringCounters.register(rows.sparkSession().sparkContext());
    return AdaptiveScoring.score(rows.toDF(), request, counters);
  }

  private float threshold(ModelReference model, Gates used, Configuration hadoop) {
    if (isSet(entropyThreshold)) {
      return ((Number) this.<Object>getOrDefault(entropyThreshold)).floatValue();
    }
    return CertifiedThreshold.orDefault(model, used, hadoop);
  }

  @Override
  public StructType transformSchema(StructType input) {
    TextColumns.text(input, getOrDefault(inputCol), "inputCol");
    return schema().after(input);
  }

  private PredictionSchema schema() {
    return new PredictionSchema(getOrDefault(prefix), PredictionSchema.Logits.DROP);
  }

  private String required(Param<String> param, String setter) {
    if (!isDefined(param)) {
      throw new InvalidInputException(
          "%s of %s is not set; call %s with a directory that train wrote.",
          param.name(), uid, setter);
    }
    return getOrDefault(param);
  }

  @Override
  public SmartBertClassifier copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** A reader of saved ones; Spark ML looks for it by this name. */
  public static MLReader<SmartBertClassifier> read() {
    return new DefaultParamsReader<>();
  }

  public static SmartBertClassifier load(String path) {
    return read().load(path);
  }
}
