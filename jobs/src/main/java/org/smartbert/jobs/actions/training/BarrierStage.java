package org.smartbert.jobs.actions.training;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.resource.ResourceProfile;
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

  /**
   * Runs {@code function} on every partition.
   *
   * @param resources what each task requests
   */
  static <T, R> List<R> run(
      JavaRDD<T> rows, ResourceProfile resources, PartitionFunction<T, R> function, Class<R> type) {
    scala.Function1<scala.collection.Iterator<T>, scala.collection.Iterator<R>> body =
        (scala.Function1<scala.collection.Iterator<T>, scala.collection.Iterator<R>> & Serializable)
            partition ->
                CollectionConverters.asScala(
                    function.apply(CollectionConverters.asJava(partition)));
    ClassTag<R> tag = ClassTag$.MODULE$.apply(type);
    boolean preservesPartitioning = false;
    RDD<R> stage = rows.rdd().barrier().mapPartitions(body, preservesPartitioning, tag);
    boolean ownProfile = resources.id() != ResourceProfile.DEFAULT_RESOURCE_PROFILE_ID();
    return JavaRDD.fromRDD(ownProfile ? stage.withResources(resources) : stage, tag).collect();
  }
}
