package org.smartbert.udfs;

import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.Cast$;
import org.apache.spark.sql.catalyst.expressions.Coalesce;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.If;
import org.apache.spark.sql.catalyst.expressions.IsNull;
import org.apache.spark.sql.catalyst.expressions.IsValidUTF8;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.Not;
import org.apache.spark.sql.catalyst.expressions.ScalaUDF;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The texts that a call of {@code smartbert} takes, as strings.
 *
 * @param text the first
 * @param pair the second; the literal null where the call has none
 */
record CallTexts(Expression text, Expression pair) {
  private static final Expression NONE = new Literal(null, DataTypes.StringType);

  static CallTexts of(ScalaUDF call) {
    boolean single = call.children().size() == 1;
    return new CallTexts(
        string(call.children().apply(0)), single ? NONE : string(call.children().apply(1)));
  }

  /** Why they cannot be scored; null where they can be. */
  Expression refused() {
    List<Expression> reasons =
        List.of(
            reason(new IsNull(text), TextColumns.NULL),
            reason(invalid(text), TextColumns.INVALID),
            reason(invalid(pair), TextColumns.INVALID));
    return new Coalesce(CollectionConverters.asScala(reasons).toList());
  }

  /** The reason where a condition is true, else null. */
  private static Expression reason(Expression condition, String reason) {
    Expression literal = new Literal(UTF8String.fromString(reason), DataTypes.StringType);
    return new If(condition, literal, NONE);
  }

  private static Expression invalid(Expression text) {
    // The optimizer, which runs before, is what replaces such expressions elsewhere.
    return new Not(new IsValidUTF8(text).replacement());
  }

  /** The string whose bytes a call takes; a constant was folded to its bytes. */
  private static Expression string(Expression bytes) {
    boolean ansi = false;
    return bytes instanceof Cast cast
        ? cast.child()
        : Cast$.MODULE$.apply(bytes, DataTypes.StringType, ansi);
  }
}
