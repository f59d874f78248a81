package org.smartbert.udfs;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.unsafe.types.UTF8String;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.text.EncodedText;
import scala.Function1;
import scala.Function2;

/**
 * The function {@code smartbert(text, pair)} for one row: the expression in a query until {@link
 * BatchedCalls} puts a scorer of whole partitions in its place, and what is computed where that is
 * not possible (a text of both sides in the condition of a join). Equal requests are equal
 * functions, so that Spark recognises equal calls.
 */
record RowScorer(ScoringRequest request)
    implements Function1<Object, Object>, Function2<Object, Object, Object>, Serializable {
  @Override
  public Object apply(Object text) {
    return apply(text, null);
  }

  @Override
  public Object apply(Object text, Object pair) {
    try (LeasedCache.Lease<SmartBertModel> lease = ExecutorModels.ofTask(request.model())) {
      return answer(lease.value(), text, pair);
    }
  }

  /**
   * @param text bytes of a STRING, or null
   */
  private Row answer(SmartBertModel model, Object text, Object pair) {
    List<Object> values = new ArrayList<>();
    Optional<String> error = error(text, pair);
    if (error.isPresent()) {
      PredictionColumns.addAnswer(values, List.of(), null, null, error.get());
    } else {
      EncodedText encoded = model.encoder().encode(string(text), string(pair));
      var settings = request.inference(model.config().mechanism().method());
      Decision decision =
          request
              .model()
              .requireNumbers(model.classifier(settings).decide(List.of(encoded)).get(0));
      PredictionColumns.addAnswer(values, model.config().labels(), encoded, decision, null);
    }
    return RowFactory.create(values.toArray());
  }

  private static Optional<String> error(Object text, Object pair) {
    if (text == null) {
      return Optional.of(TextColumns.NULL);
    }
    boolean valid = isValid(text) && isValid(pair);
    return valid ? Optional.empty() : Optional.of(TextColumns.INVALID);
  }

  private static boolean isValid(Object text) {
    return text == null || UTF8String.fromBytes((byte[]) text).isValid();
  }

  private static String string(Object text) {
    return text == null ? null : new String((byte[]) text, StandardCharsets.UTF_8);
  }
}
