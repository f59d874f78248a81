package org.smartbert.jobs.io.text;

import java.io.Closeable;

/** The records of a part of a file. */
interface Records extends Closeable {
  /**
   * The next record, or null.
   *
   * @param columns fields that it should have, or -1 for any number
   */
  TextRecord next(int columns);

  @Override
  void close();
}
