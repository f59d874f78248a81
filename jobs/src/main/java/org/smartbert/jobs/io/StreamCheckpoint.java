package org.smartbert.jobs.io;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.streaming.checkpointing.CommitLog;
import org.apache.spark.sql.execution.streaming.checkpointing.OffsetSeqLog;
import org.apache.spark.sql.execution.streaming.runtime.FileStreamSource.FileEntry;
import org.apache.spark.sql.execution.streaming.runtime.FileStreamSourceLog;
import scala.Option;
import scala.jdk.javaapi.OptionConverters;

/**
 * How far a stream is, as Spark notes it in the folder of a checkpoint: the end of each batch
 * before it is computed ({@code offsets}), and that it was written ({@code commits}).
 */
public record StreamCheckpoint(String folder, SparkSession spark) {
  /** In an offset of files: the number of their last list. */
  private static final String FILES = "logOffset";

  /** The last batch that was begun. */
  public OptionalLong begun() {
    return last(new OffsetSeqLog(spark, folder + "/offsets").getLatestBatchId());
  }

  /** The last batch that Spark knows to be written. */
  public OptionalLong committed() {
    return last(new CommitLog(spark, folder + "/commits").getLatestBatchId());
  }

  private static OptionalLong last(Option<Object> batch) {
    return batch.isEmpty() ? OptionalLong.empty() : OptionalLong.of((Long) batch.get());
  }

  /** Where the last batch that was written ends; empty before the first. */
  public Optional<StreamOffset> position() {
    OptionalLong last = committed();
    return last.isEmpty() ? Optional.empty() : end(last.getAsLong());
  }

  /** Where a batch ends, as its source says it; empty where there is no such batch. */
  Optional<StreamOffset> end(long batch) {
    return OptionConverters.toJava(new OffsetSeqLog(spark, folder + "/offsets").get(batch))
        .map(offsets -> new StreamOffset(offsets.offsets().head().get().json()));
  }

  /** The files of a batch. */
  List<FileEntry> files(long batch) {
    long from = end(batch - 1).map(end -> end.number(FILES) + 1).orElse(0L);
    long to = end(batch).orElseThrow().number(FILES);
    return Arrays.stream(log().get(Option.apply(from), Option.apply(to)))
        .flatMap(entries -> Arrays.stream(entries._2()))
        .toList();
  }

  /** All files that the stream has listed. */
  List<FileEntry> allFiles() {
    return List.of(log().allFiles());
  }

  private FileStreamSourceLog log() {
    return new FileStreamSourceLog(FileStreamSourceLog.VERSION(), spark, folder + "/sources/0");
  }
}
