package org.smartbert.jobs.io;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map_entries;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.SubqueryAlias;
import org.apache.spark.sql.catalyst.plans.logical.View;
import org.apache.spark.sql.delta.files.TahoeFileIndex;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.smartbert.jobs.io.text.FileVersions;
import org.smartbert.udfs.TextColumns;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What a query reads, as text that is equal only while its rows are: the query itself, so that a
 * view that was redefined is another input, and the state of each table below it.
 */
final class PlanState {
  /** Numbers that Spark gives to columns, anew for every query. */
  private static final String EXPRESSION_IDS = "#\\d+L?";

  private static final int ID_LETTERS = 8;

  private PlanState() {}

  static List<String> of(SparkSession spark, Dataset<Row> rows) {
    LogicalPlan plan =
        ((org.apache.spark.sql.classic.Dataset<Row>) rows).queryExecution().analyzed();
    List<String> state = new ArrayList<>();
    state.add(text(plan).replaceAll(EXPRESSION_IDS, ""));
    // What a view's functions answer may depend on the time or on chance.
    boolean known = !plan.exists(node -> node instanceof View);
    for (LogicalPlan leaf : CollectionConverters.asJava(plan.collectLeaves())) {
      if (leaf instanceof LogicalRelation relation
          && relation.relation() instanceof HadoopFsRelation files) {
        state.add(ofFiles(spark, files));
      } else {
        known = false;
      }
    }
    if (!known) {
      state.add(ofContents(rows));
    }
    return state;
  }

  /** The whole plan: Spark would leave out what is over some 25 fields. */
  private static String text(LogicalPlan plan) {
    SQLConf conf = SQLConf.get().clone();
    conf.setConfString("spark.sql.debug.maxToStringFields", Integer.toString(Integer.MAX_VALUE));
    return SQLConf.withExistingConf(conf, plan::toString);
  }

  /**
   * A Delta table at a version.
   *
   * @param table its identity, which another table of the same name does not have
   */
  record DeltaState(long version, String table) {
    String text() {
      return version + "@" + table;
    }
  }

  /** The state of a Delta table; none for a view over one and for anything else. */
  static Optional<DeltaState> ofDelta(Dataset<Row> rows) {
    LogicalPlan plan =
        ((org.apache.spark.sql.classic.Dataset<Row>) rows).queryExecution().analyzed();
    while (plan instanceof SubqueryAlias alias) {
      plan = alias.child();
    }
    return plan instanceof LogicalRelation relation
            && relation.relation() instanceof HadoopFsRelation files
            && files.location() instanceof TahoeFileIndex delta
        ? Optional.of(of(delta))
        : Optional.empty();
  }

  private static DeltaState of(TahoeFileIndex delta) {
    return new DeltaState(delta.version(), delta.metadata().id().substring(0, ID_LETTERS));
  }

  private static String ofFiles(SparkSession spark, HadoopFsRelation relation) {
    if (relation.location() instanceof TahoeFileIndex delta) {
      return "delta " + delta.path() + " " + of(delta).text();
    }
    return ofFiles(spark.sessionState().newHadoopConf(), List.of(relation.location().inputFiles()));
  }

  /**
   * {@link FileVersions} of files.
   *
   * @param files as URIs, which is how Spark lists them
   */
  static String ofFiles(Configuration hadoop, List<String> files) {
    return FileVersions.of(
        files.stream().sorted().map(file -> new Path(URI.create(file))).toList(), hadoop);
  }

  /** For a source without a version: the number of rows and the sum of their hashes. */
  private static String ofContents(Dataset<Row> rows) {
    List<Column> columns = new ArrayList<>();
    for (StructField field : rows.schema().fields()) {
      Column column = TextColumns.column(field.name());
      columns.add(field.dataType() instanceof MapType ? map_entries(column) : column);
    }
    Row sums =
        rows.select(xxhash64(columns.toArray(Column[]::new)).cast("decimal(38,0)").as("hash"))
            .agg(count(lit(1)), sum(col("hash")))
            .first();
    return sums.getLong(0) + " rows, " + sums.get(1);
  }
}
