package org.smartbert.jobs.io.text;

import java.io.Serializable;

/**
 * A part of a file: the lines that begin in it.
 *
 * @param start first byte
 * @param end the byte after the last; {@link Long#MAX_VALUE} to the file's end
 */
record FilePart(String path, long start, long end) implements Serializable {
  static FilePart whole(String path) {
    return new FilePart(path, 0, Long.MAX_VALUE);
  }
}
