package org.smartbert.udfs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Predicate;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.ScalaUDF;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.Repartition;
import org.apache.spark.sql.catalyst.plans.logical.Sort;
import org.apache.spark.sql.catalyst.rules.Rule;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.bert.BertConfig;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Puts a scorer of whole partitions below each node of a query that calls {@code smartbert}, as
 * Spark does with Python's functions, and a column of its results in the calls' place. Equal calls
 * of a node, and of a selection above a filter or a sorting, share one column: the network sees a
 * row once.
 */
final class BatchedCalls extends Rule<LogicalPlan> {
  private static final Map<SparkContext, ScoringCounters> COUNTERS = new WeakHashMap<>();

  private final SparkSession session;

  BatchedCalls(SparkSession session) {
    this.session = session;
  }

  /** What the SQL functions of an application have done. */
  static synchronized ScoringCounters counters(SparkSession session) {
    return COUNTERS.computeIfAbsent(session.sparkContext(), ScoringCounters::register);
  }

  @Override
  public LogicalPlan apply(LogicalPlan plan) {
    boolean calls = plan.exists(node -> node.resolved() && callsIn(node).iterator().hasNext());
    return calls ? rewrite(plan, false).stripped(plan) : plan;
  }

  /** A node, and the columns of results that stand in its output beside its own. */
  private record Exposed(LogicalPlan plan, Map<Expression, Attribute> results) {
    /** Without those columns. */
    LogicalPlan stripped(LogicalPlan original) {
      return results.isEmpty() ? plan : new Project(named(original.output()), plan);
    }
  }

  /**
   * @param sampled whether a sorting above looks at the rows beforehand, to find its ranges
   */
  private Exposed rewrite(LogicalPlan plan, boolean sampled) {
    boolean sampledBelow = sampled || (plan instanceof Sort sort && sort.global());
    boolean passes = plan instanceof Filter || plan instanceof Sort;
    boolean shares = passes || plan instanceof Project || plan instanceof Aggregate;
    List<LogicalPlan> children = new ArrayList<>();
    Map<Expression, Attribute> results = new LinkedHashMap<>();
    for (LogicalPlan child : CollectionConverters.asJava(plan.children())) {
      Exposed below = rewrite(child, sampledBelow);
      if (shares) {
        results.putAll(below.results());
      }
      children.add(shares ? below.plan() : below.stripped(child));
    }
    LogicalPlan node = plan.withNewChildren(seq(children));
    for (ScalaUDF call : callsIn(node)) {
      int side = sideOf(call, children);
      if (side >= 0 && !results.containsKey(call.canonicalized())) {
        Evaluated evaluated = evaluate(children.get(side), call, sampledBelow);
        children.set(side, evaluated.plan());
        results.put(call.canonicalized(), evaluated.result());
      }
    }
    if (results.isEmpty()) {
      return new Exposed(node, results);
    }
    LogicalPlan changed = replaced(node.withNewChildren(seq(children)), results);
    if (passes) {
      return new Exposed(changed, results);
    }
    // A selection names its columns; any other node shows all that its child has.
    boolean names = plan instanceof Project || plan instanceof Aggregate;
    return new Exposed(names ? changed : new Exposed(changed, results).stripped(plan), Map.of());
  }

  /** The child that knows all columns of a call, or -1. */
  private static int sideOf(ScalaUDF call, List<LogicalPlan> children) {
    for (int i = 0; i < children.size(); i++) {
      if (call.references().subsetOf(children.get(i).outputSet())) {
        return i;
      }
    }
    return -1;
  }

  private static LogicalPlan replaced(LogicalPlan node, Map<Expression, Attribute> results) {
    return node.mapExpressions(expression -> replaced(expression, results));
  }

  private static Expression replaced(Expression expression, Map<Expression, Attribute> results) {
    if (isCall(expression) && results.containsKey(expression.canonicalized())) {
      return results.get(expression.canonicalized());
    }
    return expression.mapChildren(child -> replaced(child, results));
  }

  private record Evaluated(LogicalPlan plan, Attribute result) {}

  /** The child with one more column, the call's result; its own columns keep their identity. */
  private Evaluated evaluate(LogicalPlan child, ScalaUDF call, boolean sampled) {
    List<Attribute> kept = CollectionConverters.asJava(child.output());
    List<NamedExpression> numbered = new ArrayList<>();
    for (int i = 0; i < kept.size(); i++) {
      numbered.add(alias(kept.get(i), "c" + i));
    }
    numbered.add(alias(text(call.children().apply(0)), "text"));
    boolean single = call.children().size() == 1;
    Expression none = new Literal(null, DataTypes.StringType);
    numbered.add(alias(single ? none : text(call.children().apply(1)), "pair"));
    Dataset<Row> rows =
        org.apache.spark.sql.classic.Dataset.ofRows(
            (org.apache.spark.sql.classic.SparkSession) session, new Project(seq(numbered), child));
    LogicalPlan scored = scored(rows, ((RowScorer) call.function()).request());
    if (sampled) {
      // Looking at a shuffle's files is cheap; looking at the scorer's rows would score them twice.
      boolean shuffle = true;
      scored =
          new Repartition(session.sessionState().conf().numShufflePartitions(), shuffle, scored);
    }
    List<Attribute> output = CollectionConverters.asJava(scored.output());
    List<NamedExpression> restored = new ArrayList<>();
    for (int i = 0; i < kept.size(); i++) {
      Attribute before = kept.get(i);
      restored.add(
          new Alias(
              output.get(i),
              before.name(),
              before.exprId(),
              before.qualifier(),
              Option.apply(before.metadata()),
              seq(List.of())));
    }
    Alias result = alias(output.get(kept.size()), "smartbert");
    restored.add(result);
    return new Evaluated(new Project(seq(restored), scored), result.toAttribute());
  }

  private LogicalPlan scored(Dataset<Row> rows, ScoringRequest request) {
    StructType schema = rows.schema();
    int columns = schema.size() - 2;
    StructType output = new StructType();
    for (int i = 0; i < columns; i++) {
      output = output.add(schema.apply(i));
    }
    output = output.add("smartbert", SmartBertExtensions.answer());
    ScoringCounters counters = counters(session);
    MapPartitionsFunction<Row, Row> scorer =
        partition ->
            new ScoringIterator(
                partition,
                columns,
                columns + 1,
                request,
                counters,
                (row, config) -> nested(row, columns, config));
    Dataset<Row> scored = Carrier.exact(rows).mapPartitions(scorer, Carrier.encoder(output));
    return ((org.apache.spark.sql.classic.Dataset<Row>) scored).queryExecution().analyzed();
  }

  private static Row nested(ScoringIterator.Scored scored, int columns, BertConfig config) {
    List<Object> answer = new ArrayList<>();
    PredictionColumns.addAnswer(
        answer, config.labels(), scored.encoded(), scored.decision(), scored.error());
    Object[] values = new Object[columns + 1];
    for (int i = 0; i < columns; i++) {
      values[i] = scored.row().get(i);
    }
    values[columns] = RowFactory.create(answer.toArray());
    return RowFactory.create(values);
  }

  private static Expression text(Expression argument) {
    if (!argument.dataType().equals(DataTypes.StringType)) {
      throw new InvalidInputException(
          "smartbert is given %s of the type %s; it takes STRING.",
          argument.sql(), argument.dataType().sql());
    }
    return argument;
  }

  private static Alias alias(Expression expression, String name) {
    return new Alias(
        expression,
        name,
        NamedExpression.newExprId(),
        seq(List.of()),
        Option.empty(),
        seq(List.of()));
  }

  /** The calls of a node's own expressions, equal ones once. */
  private static List<ScalaUDF> callsIn(LogicalPlan node) {
    Map<Expression, ScalaUDF> calls = new LinkedHashMap<>();
    for (Expression expression : CollectionConverters.asJava(node.expressions())) {
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

  /** Visits an expression and what is below it, as long as the visitor wants to go deeper. */
  private static void walk(Expression expression, Predicate<Expression> visitor) {
    if (visitor.test(expression)) {
      CollectionConverters.asJava(expression.children()).forEach(child -> walk(child, visitor));
    }
  }

  private static boolean isCall(Expression expression) {
    return expression instanceof ScalaUDF udf && udf.function() instanceof RowScorer;
  }

  private static Seq<NamedExpression> named(Seq<Attribute> attributes) {
    return seq(List.<NamedExpression>copyOf(CollectionConverters.asJava(attributes)));
  }

  private static <T> Seq<T> seq(List<? extends T> values) {
    return CollectionConverters.<T>asScala(List.<T>copyOf(values)).toList();
  }
}
