package org.smartbert.udfs;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.GlobalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LocalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.UnaryNode;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Puts what does not need the network's answers before the network. */
final class CheapFirst {
  private CheapFirst() {}

  /**
   * An equivalent plan that evaluates the network on fewer rows: conditions that do not need its
   * answers come first.
   */
  static LogicalPlan reordered(LogicalPlan plan) {
    if (plan instanceof Filter filter) {
      return cheapConditionsFirst(filter);
    }
    if ((plan instanceof LocalLimit || plan instanceof GlobalLimit)
        && ((UnaryNode) plan).child() instanceof Project selection
        && !Calls.in(selection).isEmpty()) {
      return selection.withNewChildren(children(plan.withNewChildren(children(selection.child()))));
    }
    return plan;
  }

  /** Conditions without calls are in a filter of their own, below that of the calls. */
  private static LogicalPlan cheapConditionsFirst(Filter filter) {
    List<Expression> cheap = new ArrayList<>();
    List<Expression> others = new ArrayList<>();
    for (Expression condition : conjuncts(filter.condition())) {
      (condition.deterministic() && Calls.in(condition).isEmpty() ? cheap : others).add(condition);
    }
    if (cheap.isEmpty() || others.isEmpty()) {
      return filter;
    }
    return new Filter(conjunction(others), new Filter(conjunction(cheap), filter.child()));
  }

  private static List<Expression> conjuncts(Expression condition) {
    List<Expression> all = new ArrayList<>();
    if (condition instanceof And and) {
      all.addAll(conjuncts(and.left()));
      all.addAll(conjuncts(and.right()));
    } else {
      all.add(condition);
    }
    return all;
  }

  private static Expression conjunction(List<Expression> conditions) {
    return conditions.stream().reduce(And::new).orElseThrow();
  }

  private static Seq<LogicalPlan> children(LogicalPlan child) {
    return CollectionConverters.<LogicalPlan>asScala(List.of(child)).toList();
  }
}
