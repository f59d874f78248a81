package org.smartbert.model.checkpoint;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Quoted;
import org.smartbert.model.bert.BertConfig;

/**
 * A family of encoders, as Hugging Face's {@code model_type} names them: the keys of its
 * config.json, the names of its tensors, and where its positions begin. Everything behind this
 * interface uses BERT's sizes and our tensor names ({@link CheckpointNames}) only.
 */
public sealed interface Family permits BertFamily {
  /**
   * The family of a config.json.
   *
   * @throws InvalidInputException for one that is not supported
   */
  static Family of(JsonFields config) {
    String type = config.text("model_type").orElse(BertFamily.MODEL_TYPE);
    if (type.equals(BertFamily.MODEL_TYPE)) {
      return new BertFamily();
    }
    throw new InvalidInputException(
        "%s has the model_type %s; only bert models are supported.",
        config.file(), Quoted.of(type));
  }

  /** Rows of the position table before the first token's. */
  int positionOffset();

  /** Rows of the token type table. */
  int tokenTypes(JsonFields config);

  /**
   * The sizes that config.json states.
   *
   * @throws InvalidInputException naming the key that is missing or wrong, or that makes the
   *     network another than the one computed here
   */
  BertConfig sizes(
      JsonFields config, boolean lowerCase, List<String> labels, BertConfig.Heads heads);

  /**
   * Our names of a checkpoint's tensors, each with the name that the file has for it.
   *
   * @param names the file's
   * @throws InvalidInputException where two tensors have one of our names
   */
  Map<String, String> canonicalNames(Collection<String> names, Path file);

  /**
   * The same for a classifier of the family, whose head is the classifier of the last layer.
   *
   * @param layers L
   * @throws InvalidInputException where there is no head that classifies texts
   */
  Map<String, String> classifierNames(Collection<String> names, int layers, Path file);
}
