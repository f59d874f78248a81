package org.smartbert.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * What a gradient exchange costs with Spark's own means: treeReduce of a float array a task, then a
 * broadcast that every task reads. Executors are processes of their own.
 */
public final class TreeAggregateBench {
  private static final int REPEATS = 5;
  private static final int WARM_UP = 2;

  private TreeAggregateBench() {}

  public static void main(String[] arguments) {
    System.out.println("| MB | processes | treeReduce and broadcast, s |");
    System.out.println("|---|---|---|");
    for (int workers : List.of(2, 4)) {
      SparkConf conf =
          new SparkConf()
              .setMaster("local-cluster[" + workers + ",1,2048]")
              .setAppName("tree aggregate")
              .set("spark.ui.enabled", "false")
              .set("spark.executor.memory", "2g")
              .set("spark.driver.maxResultSize", "4g")
              .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
              .set("spark.scheduler.minRegisteredResourcesRatio", "1.0");
      try (JavaSparkContext spark = new JavaSparkContext(conf)) {
        int megabytes = 17;
        int length = megabytes * 1_000_000 / Float.BYTES;
        JavaRDD<Integer> tasks =
            spark.parallelize(IntStream.range(0, workers).boxed().toList(), workers);
        List<Double> seconds = new ArrayList<>();
        for (int r = 0; r < WARM_UP + REPEATS; r++) {
          long started = System.nanoTime();
          float[] sum = tasks.map(task -> new float[length]).treeReduce(TreeAggregateBench::add);
          Broadcast<float[]> everywhere = spark.broadcast(sum);
          long read = tasks.map(task -> everywhere.value().length).reduce(Integer::sum);
          if (read != (long) workers * length) {
            throw new IllegalStateException("The broadcast did not arrive");
          }
          everywhere.destroy();
          if (r >= WARM_UP) {
            seconds.add((System.nanoTime() - started) / 1e9);
          }
        }
        System.out.printf(
            Locale.ROOT, "| %d | %d | %.3f |%n", megabytes, workers, Processes.median(seconds));
      }
    }
  }

  private static float[] add(float[] a, float[] b) {
    for (int i = 0; i < a.length; i++) {
      a[i] += b[i];
    }
    return a;
  }
}
