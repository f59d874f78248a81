package org.smartbert.udfs;

import org.apache.spark.sql.catalyst.encoders.ExpressionEncoder;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ScalaUDF;
import org.apache.spark.sql.catalyst.expressions.Unevaluable;
import org.apache.spark.sql.types.DataType;
import scala.Option;
import scala.Some;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Nil$;
import scala.collection.immutable.Seq;

/**
 * A call of {@code smartbert} in a query; Spark makes its copies by reflection, so that the class
 * is public. Like Spark's PythonUDF it is {@link Unevaluable} to the optimizer, which would
 * otherwise evaluate a selection over VALUES on the driver, one row at a time ({@code
 * ConvertToLocalRelation}), before {@link BatchedCalls} can put a scorer of whole partitions in its
 * place. Unlike there, what BatchedCalls cannot place is evaluated.
 */
public final class NetworkCall extends ScalaUDF implements Unevaluable {
  private static final long serialVersionUID = 1L;

  /** The parameters of {@link ScalaUDF}, which copies are made with. */
  public NetworkCall(
      Object function,
      DataType dataType,
      Seq<Expression> children,
      Seq<Option<ExpressionEncoder<?>>> inputEncoders,
      Option<ExpressionEncoder<?>> outputEncoder,
      Option<String> udfName,
      boolean nullable,
      boolean deterministic) {
    super(
        function,
        dataType,
        children,
        inputEncoders,
        outputEncoder,
        udfName,
        nullable,
        deterministic);
  }

  /** A call by the function's name. */
  static NetworkCall of(RowScorer scorer, DataType answer, String name, Seq<Expression> texts) {
    boolean nullable = true;
    boolean deterministic = true;
    return new NetworkCall(
        scorer, answer, texts, none(), Option.empty(), new Some<>(name), nullable, deterministic);
  }

  /** Spark makes most copies by this method; a plain ScalaUDF would be evaluated. */
  @Override
  public ScalaUDF withNewChildrenInternal(IndexedSeq<Expression> texts) {
    return new NetworkCall(
        function(),
        dataType(),
        texts,
        inputEncoders(),
        outputEncoder(),
        udfName(),
        nullable(),
        udfDeterministic());
  }

  @SuppressWarnings("unchecked") // The empty list is a list of anything.
  private static <T> Seq<T> none() {
    return (Seq<T>) Nil$.MODULE$;
  }
}
