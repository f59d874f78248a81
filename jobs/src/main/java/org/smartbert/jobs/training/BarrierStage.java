package org.smartbert.jobs.training;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** Runs a function on all partitions at once; Spark's Java API has no barrier of its own. */
final class BarrierStage {
  private BarrierStage() {}

  /** A function that can travel to executors. */
  interface PartitionFunction<T, R> extends Serializable {
    Iterator<R> apply(Iterator<T> rows);
  }

  static <T, R> List<R> run(JavaRDD<T> rows, PartitionFunction<T, R> function, Class<R> type) {
    scala.Function1<scala.collection.Iterator<T>, scala.collection.Iterator<R>> body =
        (scala.Function1<scala.collection.Iterator<T>, scala.collection.Iterator<R>> & Serializable)
            partition ->
                CollectionConverters.asScala(
                    function.apply(CollectionConverters.asJava(partition)));
    ClassTag<R> tag = ClassTag$.MODULE$.apply(type);
    boolean preservesPartitioning = false;
    return JavaRDD.fromRDD(
            rows.rdd().barrier().mapPartitions(body, preservesPartitioning, tag), tag)
        .collect();
  }
}
