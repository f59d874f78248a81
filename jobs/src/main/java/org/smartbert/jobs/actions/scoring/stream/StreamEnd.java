package org.smartbert.jobs.actions.scoring.stream;

import java.util.concurrent.TimeoutException;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;

/** When a stream ends. */
interface StreamEnd {
  /** When all is written that was there when the stream began. */
  StreamEnd ALL_WRITTEN =
      new StreamEnd() {
        @Override
        public Trigger trigger() {
          return Trigger.AvailableNow();
        }

        @Override
        public void await(StreamingQuery query, BatchWriter writer) throws StreamingQueryException {
          query.awaitTermination();
        }
      };

  Trigger trigger();

  /**
   * Waits until a stream is to end. It may still be active then.
   *
   * @throws StreamingQueryException what made it fail
   */
  void await(StreamingQuery query, BatchWriter writer)
      throws StreamingQueryException, TimeoutException;

  /** What progress says beside rows and their speed. */
  default String progress() {
    return "";
  }
}
