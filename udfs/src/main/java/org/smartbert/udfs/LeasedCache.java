package org.smartbert.udfs;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Values that are costly to load and to keep. Each is loaded once and shared; those that nobody
 * uses are closed, the least recently used first, when there are too many of them or they take too
 * much memory. One in use is never closed, so the limits may be exceeded as long as more are in use
 * than they allow.
 *
 * @param <K> what a value is loaded for
 * @param <V> owned by the cache
 */
public final class LeasedCache<K, V extends AutoCloseable> {
  private static final Logger LOG = LoggerFactory.getLogger(LeasedCache.class);

  private final Map<K, Entry> entries = new HashMap<>();
  private final Limits limits;
  private final ToLongFunction<V> bytesOf;
  private long uses;

  /**
   * How much is kept.
   *
   * @param values at most
   * @param bytes at most
   */
  public record Limits(int values, long bytes) {}

  /** The right to use a value until it is closed; closing it again does nothing. */
  interface Lease<V> extends AutoCloseable {
    V value();

    @Override
    void close();
  }

  private final class Entry {
    private final V value;
    private final long bytes;
    private int leases;
    private long lastUse;

    Entry(V value) {
      this.value = value;
      this.bytes = bytesOf.applyAsLong(value);
    }
  }

  LeasedCache(Limits limits, ToLongFunction<V> bytesOf) {
    this.limits = limits;
    this.bytesOf = bytesOf;
  }

  /** The value of a key, which {@code loader} loads where there is none. */
  synchronized Lease<V> acquire(K key, Function<K, V> loader) {
    Entry entry = entries.get(key);
    if (entry == null) {
      // Its place is made before it takes memory.
      evict(limits.values() - 1, limits.bytes());
      entry = new Entry(loader.apply(key));
      entries.put(key, entry);
    }
    entry.leases++;
    entry.lastUse = ++uses;
    evict(limits.values(), limits.bytes());
    return new EntryLease(entry);
  }

  private final class EntryLease implements Lease<V> {
    private final Entry entry;
    private boolean closed;

    EntryLease(Entry entry) {
      this.entry = entry;
    }

    @Override
    public V value() {
      return entry.value;
    }

    @Override
    public void close() {
      synchronized (LeasedCache.this) {
        if (!closed) {
          closed = true;
          entry.leases--;
          evict(limits.values(), limits.bytes());
        }
      }
    }
  }

  /** How many values there are. */
  synchronized int size() {
    return entries.size();
  }

  private void evict(int values, long bytes) {
    while (entries.size() > values || bytes() > bytes) {
      Optional<Map.Entry<K, Entry>> idle =
          entries.entrySet().stream()
              .filter(entry -> entry.getValue().leases == 0)
              .min(Comparator.comparingLong(entry -> entry.getValue().lastUse));
      if (idle.isEmpty()) {
        return;
      }
      entries.remove(idle.get().getKey());
      try {
        idle.get().getValue().value.close();
      } catch (Exception e) {
        // It is no longer in the cache; the caller that requested another model must not fail for
        // it.
        LOG.warn("{} could not be closed", idle.get().getKey(), e);
      }
    }
  }

  private long bytes() {
    return entries.values().stream().mapToLong(entry -> entry.bytes).sum();
  }
}
