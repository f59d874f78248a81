package org.smartbert.udfs;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.calibration.Reference;
import org.smartbert.model.calibration.Risk;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;

/**
 * What each row loses and costs under several exit policies, by one pass over the network with
 * every classifier evaluated, and where the reference is full depth and gates are on, another with
 * the gates off. Rows are compact: two values a policy.
 */
public final class PolicyLosses {
  /** What is recorded of a row. */
  public static final StructType SCHEMA =
      StructType.fromDDL("key BIGINT, losses BINARY, flops ARRAY<BIGINT>, flops_full BIGINT");

  private PolicyLosses() {}

  /**
   * Policies and what they are compared with.
   *
   * @param gates of the policies
   * @param policies exit rules
   */
  public record Comparison(Gates gates, List<ExitPolicy> policies, Reference reference, Risk risk)
      implements Serializable {
    public Comparison {
      policies = List.copyOf(policies);
    }

    /** Whether the reference needs a pass of its own. */
    boolean comparesWithoutGates() {
      return reference == Reference.FULL_DEPTH && gates == Gates.ON;
    }
  }

  /**
   * Records rows: the key as given, a byte of each policy's loss ({@link Risk#loss}), each policy's
   * FLOPs, and full depth's.
   *
   * @param rows columns first (text), second (text or null), label (class index; of no account for
   *     {@link Risk#AGREEMENT}), key (BIGINT)
   */
  public static Dataset<Row> record(
      Dataset<Row> rows, ModelReference model, Comparison comparison) {
    MapPartitionsFunction<Row, Row> record =
        partition -> new LossIterator(partition, model, comparison);
    return rows.select("first", "second", "label", "key")
        .mapPartitions(record, Encoders.row(SCHEMA));
  }
}
