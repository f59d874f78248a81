package org.smartbert.udfs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.Cast$;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.InvalidInputException;
import scala.Function1;
import scala.Tuple3;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;

/**
 * SmartBERT in SQL: {@code spark.sql.extensions=org.smartbert.udfs.SmartBertExtensions}.
 *
 * <ul>
 *   <li>{@code smartbert(text [, pair])} gives a struct of the prediction columns; the network is
 *       evaluated in batches, once a row.
 *   <li>{@code smartbert_score('table', 'text column' [, 'pair column'])} is a table with the
 *       prediction columns added, as the command score writes it.
 * </ul>
 *
 * The model and how it decides: {@link SessionModel}.
 */
public final class SmartBertExtensions implements Function1<SparkSessionExtensions, BoxedUnit> {
  private static final String SCALAR = "smartbert";
  private static final String TABLE = "smartbert_score";

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    extensions.injectFunction(
        new Tuple3<>(
            new FunctionIdentifier(SCALAR),
            info(SCALAR, "smartbert(text [, pair]) - prediction, confidence, exit layer and FLOPs"),
            SmartBertExtensions::scalar));
    extensions.injectTableFunction(
        new Tuple3<>(
            new FunctionIdentifier(TABLE),
            info(TABLE, "smartbert_score(table, text [, pair]) - the table with predictions"),
            SmartBertExtensions::table));
    extensions.injectPreCBORule(BatchedCalls::new);
    return BoxedUnit.UNIT;
  }

  private static ExpressionInfo info(String name, String usage) {
    return new ExpressionInfo(
        SmartBertExtensions.class.getName(), null, name, usage, "", "", "", "", "", "", "");
  }

  /** What a call gives. */
  static StructType answer() {
    StructType type = new StructType();
    for (var column : new PredictionSchema("", PredictionSchema.Logits.DROP).answer()) {
      type = type.add(column);
    }
    return type;
  }

  private static Expression scalar(Seq<Expression> arguments) {
    if (arguments.isEmpty() || arguments.size() > 2) {
      throw new InvalidInputException(
          "smartbert takes a text and an optional second text, not %d arguments.",
          arguments.size());
    }
    RowScorer function = new RowScorer(SessionModel.request(SparkSession.active()));
    return NetworkCall.of(function, answer(), SCALAR, bytes(arguments));
  }

  /** The texts as bytes: Spark would replace those that are not valid UTF-8 in a Java string. */
  private static Seq<Expression> bytes(Seq<Expression> arguments) {
    List<Expression> bytes = new ArrayList<>();
    for (Expression text : CollectionConverters.asJava(arguments)) {
      if (!text.dataType().equals(DataTypes.StringType)) {
        throw new InvalidInputException(
            "smartbert is given %s of the type %s; it takes STRING.",
            text.sql(), text.dataType().sql());
      }
      boolean ansi = false;
      bytes.add(Cast$.MODULE$.apply(text, DataTypes.BinaryType, ansi));
    }
    return CollectionConverters.asScala(bytes).toList();
  }

  private static LogicalPlan table(Seq<Expression> arguments) {
    if (arguments.size() < 2 || arguments.size() > 3) {
      throw new InvalidInputException(
          "smartbert_score takes a table, its text column and an optional second text column, not"
              + " %d arguments.",
          arguments.size());
    }
    SparkSession session = SparkSession.active();
    String name = text(arguments, 0);
    if (!session.catalog().tableExists(name)) {
      throw new InvalidInputException(
          "There is no table or view %s for smartbert_score; create one, or write smartbert(column)"
              + " over a query.",
          name);
    }
    ScoringRequest.Columns columns =
        new ScoringRequest.Columns(
            text(arguments, 1), arguments.size() == 3 ? text(arguments, 2) : null);
    Dataset<Row> scored =
        AdaptiveScoring.score(
            session.table(name),
            SessionModel.request(session).with(columns),
            BatchedCalls.counters(session));
    return ((org.apache.spark.sql.classic.Dataset<Row>) scored).queryExecution().analyzed();
  }

  private static String text(Seq<Expression> arguments, int index) {
    Object value = arguments.apply(index).foldable() ? arguments.apply(index).eval(null) : null;
    if (value == null) {
      throw new InvalidInputException(
          "Argument %d of smartbert_score is %s; it must be a name in quotes.",
          index + 1, arguments.apply(index).sql().toLowerCase(Locale.ROOT));
    }
    return value.toString();
  }
}
