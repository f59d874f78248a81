package org.smartbert.udfs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ScalaUDF;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import scala.jdk.javaapi.CollectionConverters;

/** Finds the calls of {@code smartbert} in plans and expressions. */
final class Calls {
  private Calls() {}

  /** The calls of a node's own expressions, equal ones once. */
  static List<ScalaUDF> in(LogicalPlan node) {
    return in(CollectionConverters.asJava(node.expressions()));
  }

  static List<ScalaUDF> in(Expression expression) {
    return in(List.of(expression));
  }

  static List<ScalaUDF> in(List<Expression> expressions) {
    Map<Expression, ScalaUDF> calls = new LinkedHashMap<>();
    for (Expression expression : expressions) {
      walk(
          expression,
          part -> {
            if (isCall(part)) {
              calls.putIfAbsent(part.canonicalized(), (ScalaUDF) part);
            }
            return !isCall(part);
          });
    }
    return List.copyOf(calls.values());
  }

  /** Visits an expression and what is below it, as long as the visitor returns true. */
  private static void walk(Expression expression, Predicate<Expression> visitor) {
    if (visitor.test(expression)) {
      CollectionConverters.asJava(expression.children()).forEach(child -> walk(child, visitor));
    }
  }

  static boolean isCall(Expression expression) {
    return expression instanceof ScalaUDF udf && udf.function() instanceof RowScorer;
  }
}
