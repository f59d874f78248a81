package org.smartbert.jobs.io.text;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.util.LineReader;
import org.apache.spark.sql.execution.datasources.CodecStreams;
import org.smartbert.model.InvalidInputException;

/**
 * The lines that begin in a part of a file, compressed or not. A byte order mark of UTF-8 is left
 * out.
 */
final class Lines implements Closeable {
  private static final int BUFFER = 1 << 16;

  private final FilePart part;
  private final byte[] lineEnd;
  private final StrictDecoder decoder;
  private final InputStream stream;
  private final LineReader reader;
  private final Text buffer = new Text();
  private long position;
  private long number;

  /**
   * A line without its end.
   *
   * @param number from 1; counted from the part's beginning
   * @param valid false if some bytes were none of the encoding's
   */
  record Line(long number, String text, boolean valid) {}

  Lines(FilePart part, Dialect dialect, Configuration hadoop) {
    this.part = part;
    this.lineEnd = dialect.lineEnd().bytes();
    this.decoder = new StrictDecoder(dialect.charset());
    try {
      stream = open(part, lineEnd.length, hadoop);
      reader = new LineReader(stream, BUFFER, lineEnd);
      if (part.start() > 0) {
        // The line that began before belongs to the part before.
        position = part.start() - lineEnd.length;
        position += reader.readLine(buffer);
      }
    } catch (IOException e) {
      throw unreadable(part.path(), e);
    }
  }

  /** At the part's beginning, or at the bytes that may end the line before it. */
  private static InputStream open(FilePart part, int before, Configuration hadoop)
      throws IOException {
    Path path = new Path(part.path());
    if (part.start() == 0) {
      return CodecStreams.createInputStream(hadoop, path);
    }
    FSDataInputStream stream = path.getFileSystem(hadoop).open(path);
    stream.seek(part.start() - before);
    return stream;
  }

  /** The next line, or null. */
  Line next() {
    try {
      if (position >= part.end()) {
        return null;
      }
      int read = reader.readLine(buffer);
      if (read == 0) {
        return null;
      }
      boolean first = position == 0;
      position += read;
      number++;
      StrictDecoder.Decoded decoded = decoder.decode(buffer.getBytes(), buffer.getLength());
      String text = decoded.text();
      if (first && text.startsWith("\uFEFF")) {
        text = text.substring(1);
      }
      return new Line(number, text, decoded.valid());
    } catch (IOException e) {
      throw unreadable(part.path(), e);
    }
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw unreadable(part.path(), e);
    }
  }

  static InvalidInputException unreadable(String path, IOException e) {
    return new InvalidInputException(
        e,
        "The file %s cannot be read to its end (%s); write it again, or take it out of the input.",
        path,
        String.valueOf(e.getMessage()).lines().findFirst().orElse("no message"));
  }
}
