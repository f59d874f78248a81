package org.smartbert.udfs;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.stream.Collectors;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.ExprId;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.ScalaUDF;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.Repartition;
import org.apache.spark.sql.catalyst.plans.logical.Sort;
import org.apache.spark.sql.catalyst.rules.Rule;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.bert.BertConfig;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Puts a scorer of whole partitions below each node of a query that calls {@code smartbert}, as
 * Spark does with Python's functions, and a column of its results in the calls' place. Equal calls
 * of a node, and of a selection above a filter or a sorting, share one column: the network computes
 * a row once. It runs when Spark has optimised the query, so that conditions on other columns stand
 * below the scorer, in reach of the sources, and only columns that are needed go through it.
 */
final class BatchedCalls extends Rule<LogicalPlan> {
  private static final String RESULT = "smartbert";
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
    boolean calls = plan.exists(node -> node.resolved() && Calls.in(node).iterator().hasNext());
    return calls ? rewrite(plan, Above.root(plan)).stripped(plan) : plan;
  }

  /** A node, and the columns of results in its output besides its own. */
  private record Exposed(LogicalPlan plan, Map<Expression, Attribute> results) {
    /** Without those columns. */
    LogicalPlan stripped(LogicalPlan original) {
      return results.isEmpty() ? plan : new Project(named(original.output()), plan);
    }
  }

  /**
   * The part of a plan above a node.
   *
   * @param sampled whether a sorting looks at the rows beforehand, to find its ranges
   * @param calls canonical, of all nodes above
   * @param columns that are needed above
   */
  private record Above(boolean sampled, Set<Expression> calls, Set<ExprId> columns) {
    static Above root(LogicalPlan plan) {
      return new Above(false, Set.of(), ids(plan.output()));
    }

    /** The part of the plan above a child of the node. */
    Above and(LogicalPlan node, LogicalPlan child) {
      Set<Expression> all = new HashSet<>(calls);
      Calls.in(node).forEach(call -> all.add(call.canonicalized()));
      return new Above(
          sampled || (node instanceof Sort sort && sort.global()), all, needed(node, child));
    }

    Above needing(Collection<Attribute> further) {
      Set<ExprId> all = new HashSet<>(columns);
      further.forEach(column -> all.add(column.exprId()));
      return new Above(sampled, calls, all);
    }

    private Set<ExprId> needed(LogicalPlan node, LogicalPlan child) {
      boolean names = node instanceof Project || node instanceof Aggregate;
      if (!names && !passes(node)) {
        return ids(child.output());
      }
      Set<ExprId> needed = names ? new HashSet<>() : new HashSet<>(columns);
      needed.addAll(ids(node.references().toSeq()));
      return needed;
    }

    private static Set<ExprId> ids(Seq<Attribute> attributes) {
      return CollectionConverters.asJava(attributes).stream()
          .map(Attribute::exprId)
          .collect(Collectors.toSet());
    }
  }

  /** Whether a node shows its child's columns, and needs only some of them itself. */
  private static boolean passes(LogicalPlan node) {
    return node instanceof Filter || node instanceof Sort;
  }

  private Exposed rewrite(LogicalPlan original, Above above) {
    LogicalPlan plan = CheapFirst.reordered(original);
    boolean shares = passes(plan) || plan instanceof Project || plan instanceof Aggregate;
    List<LogicalPlan> children = new ArrayList<>();
    Map<Expression, Attribute> results = new LinkedHashMap<>();
    for (LogicalPlan child : CollectionConverters.asJava(plan.children())) {
      Exposed below = rewrite(child, above.and(plan, child));
      if (shares) {
        results.putAll(below.results());
      }
      children.add(shares ? below.plan() : below.stripped(child));
    }
    LogicalPlan node = plan.withNewChildren(seq(children));
    for (ScalaUDF call : Calls.in(node)) {
      int side = sideOf(call, children);
      if (side >= 0 && !results.containsKey(call.canonicalized())) {
        Above aboveChild = above.and(plan, plan.children().apply(side)).needing(results.values());
        Evaluated evaluated = evaluate(children.get(side), call, aboveChild);
        children.set(side, evaluated.plan());
        results.put(call.canonicalized(), evaluated.result());
      }
    }
    if (results.isEmpty()) {
      return new Exposed(node, results);
    }
    LogicalPlan changed = replaced(node.withNewChildren(seq(children)), results);
    if (passes(plan)) {
      return new Exposed(changed, results);
    }
    if (changed instanceof Project selection) {
      return shown(selection, results, above);
    }
    // An aggregation names its columns; any other node shows all that its child has.
    boolean names = plan instanceof Aggregate;
    return new Exposed(names ? changed : new Exposed(changed, results).stripped(plan), Map.of());
  }

  /** A selection that also shows the results which nodes above it need again. */
  private static Exposed shown(Project selection, Map<Expression, Attribute> results, Above above) {
    Map<Expression, Attribute> needed = new LinkedHashMap<>(results);
    needed.keySet().retainAll(above.calls());
    List<NamedExpression> columns =
        new ArrayList<>(CollectionConverters.asJava(selection.projectList()));
    needed.values().stream().filter(result -> !columns.contains(result)).forEach(columns::add);
    return new Exposed(new Project(seq(columns), selection.child()), needed);
  }

  /** The child that has all columns of a call, or -1. */
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
    if (Calls.isCall(expression) && results.containsKey(expression.canonicalized())) {
      return results.get(expression.canonicalized());
    }
    return expression.mapChildren(child -> replaced(child, results));
  }

  private record Evaluated(LogicalPlan plan, Attribute result) {}

  /**
   * The columns of the child that are needed above, which keep their identity, and one more: the
   * call's result.
   */
  private Evaluated evaluate(LogicalPlan child, ScalaUDF call, Above above) {
    List<Attribute> kept =
        CollectionConverters.asJava(child.output()).stream()
            .filter(column -> above.columns().contains(column.exprId()))
            .toList();
    List<NamedExpression> numbered = new ArrayList<>();
    for (int i = 0; i < kept.size(); i++) {
      numbered.add(alias(kept.get(i), "c" + i));
    }
    CallTexts texts = CallTexts.of(call);
    numbered.add(alias(texts.text(), "text"));
    numbered.add(alias(texts.pair(), "pair"));
    numbered.add(alias(texts.refused(), "refused"));
    Dataset<Row> rows =
        org.apache.spark.sql.classic.Dataset.ofRows(
            (org.apache.spark.sql.classic.SparkSession) session, new Project(seq(numbered), child));
    LogicalPlan scored = scored(rows, ((RowScorer) call.function()).request());
    if (above.sampled()) {
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
    Alias result = alias(output.get(kept.size()), RESULT);
    restored.add(result);
    return new Evaluated(new Project(seq(restored), scored), result.toAttribute());
  }

  private LogicalPlan scored(Dataset<Row> rows, ScoringRequest request) {
    StructType schema = rows.schema();
    int columns = schema.size() - 3;
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
                new ScoringIterator.Places(columns, columns + 1, columns + 2),
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

  private static Alias alias(Expression expression, String name) {
    return new Alias(
        expression,
        name,
        NamedExpression.newExprId(),
        seq(List.of()),
        Option.empty(),
        seq(List.of()));
  }

  private static Seq<NamedExpression> named(Seq<Attribute> attributes) {
    return seq(List.<NamedExpression>copyOf(CollectionConverters.asJava(attributes)));
  }

  private static <T> Seq<T> seq(List<? extends T> values) {
    return CollectionConverters.<T>asScala(List.<T>copyOf(values)).toList();
  }
}
