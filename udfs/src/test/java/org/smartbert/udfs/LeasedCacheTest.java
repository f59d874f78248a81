package org.smartbert.udfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.smartbert.model.InvalidInputException;

/** What nobody uses is closed beyond the limits, the least recently used first. */
class LeasedCacheTest {
  private final List<String> loaded = Collections.synchronizedList(new ArrayList<>());
  private final List<String> closed = Collections.synchronizedList(new ArrayList<>());

  /** A value whose size is its name's length. */
  private final class Value implements AutoCloseable {
    private final String name;
    private final AtomicInteger users = new AtomicInteger();
    private volatile boolean open = true;

    Value(String name) {
      this.name = name;
      loaded.add(name);
    }

    @Override
    public void close() {
      assertThat(users.get()).as("users of %s", name).isZero();
      open = false;
      closed.add(name);
    }
  }

  private LeasedCache<String, Value> cache(int values, long bytes) {
    return new LeasedCache<>(new LeasedCache.Limits(values, bytes), value -> value.name.length());
  }

  private void use(LeasedCache<String, Value> cache, String name) {
    try (LeasedCache.Lease<Value> lease = cache.acquire(name, Value::new)) {
      assertThat(lease.value().open).isTrue();
    }
  }

  @Test
  void eachIsLoadedOnceUntilTheLeastRecentlyUsedMustGo() {
    LeasedCache<String, Value> cache = cache(2, 100);
    use(cache, "a");
    use(cache, "b");
    use(cache, "a");
    assertThat(loaded).containsExactly("a", "b");
    use(cache, "c");
    assertThat(closed).containsExactly("b");
    use(cache, "a");
    assertThat(loaded).containsExactly("a", "b", "c");
  }

  @Test
  void bytesCountToo() {
    LeasedCache<String, Value> cache = cache(10, 10);
    use(cache, "aaaaa");
    use(cache, "bbbb");
    assertThat(closed).isEmpty();
    use(cache, "cc");
    assertThat(closed).containsExactly("aaaaa");
    // One that is larger than the limit is used alone, and closed when it is done with.
    use(cache, "d".repeat(20));
    assertThat(closed).containsExactly("aaaaa", "bbbb", "cc", "d".repeat(20));
  }

  @Test
  void oneInUseStays() {
    LeasedCache<String, Value> cache = cache(1, 100);
    LeasedCache.Lease<Value> first = cache.acquire("a", Value::new);
    LeasedCache.Lease<Value> again = cache.acquire("a", Value::new);
    LeasedCache.Lease<Value> second = cache.acquire("b", Value::new);
    assertThat(cache.size()).isEqualTo(2);
    first.close();
    first.close();
    assertThat(closed).isEmpty();
    again.close();
    assertThat(closed).containsExactly("a");
    second.close();
    assertThat(closed).containsExactly("a");
  }

  @Test
  void aLoadThatFailsLeavesNothingAndIsTriedAgain() {
    LeasedCache<String, Value> cache = cache(2, 100);
    assertThatThrownBy(
            () ->
                cache.acquire(
                    "a",
                    name -> {
                      throw new InvalidInputException("No model %s.", name);
                    }))
        .hasMessage("No model a.");
    assertThat(cache.size()).isZero();
    use(cache, "a");
    assertThat(loaded).containsExactly("a");
  }

  @Test
  void manyThreadsNeverMeetAClosedValue() throws Exception {
    LeasedCache<String, Value> cache = cache(3, 100);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Future<?>> all = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      Random random = new Random(t);
      all.add(
          threads.submit(
              () -> {
                for (int i = 0; i < 2_000; i++) {
                  String name = String.valueOf((char) ('a' + random.nextInt(8)));
                  try (LeasedCache.Lease<Value> lease = cache.acquire(name, Value::new)) {
                    lease.value().users.incrementAndGet();
                    assertThat(lease.value().open).isTrue();
                    lease.value().users.decrementAndGet();
                  }
                }
              }));
    }
    for (Future<?> one : all) {
      one.get();
    }
    threads.shutdown();
    assertThat(cache.size()).isLessThanOrEqualTo(3);
    assertThat(loaded).hasSize(closed.size() + cache.size());
  }

  @Test
  void limitsAreSettings() {
    SparkConf conf = new SparkConf(false);
    assertThat(ExecutorModels.limits(conf)).isEqualTo(new LeasedCache.Limits(8, 4L << 30));
    conf.set(ExecutorModels.MAX_MODELS, "2").set(ExecutorModels.MAX_BYTES, "700m");
    assertThat(ExecutorModels.limits(conf)).isEqualTo(new LeasedCache.Limits(2, 700L << 20));
    for (String wrong : List.of("0", "-1", "two")) {
      conf.set(ExecutorModels.MAX_MODELS, wrong);
      assertThatThrownBy(() -> ExecutorModels.limits(conf))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("spark.smartbert.models.max is " + wrong);
    }
  }
}
