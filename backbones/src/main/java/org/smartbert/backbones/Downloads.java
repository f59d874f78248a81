package org.smartbert.backbones;

/** Where the progress of a download is shown. */
public interface Downloads {
  Downloads SILENT = (text, done, total) -> {};

  /**
   * Shows progress.
   *
   * @param done and {@code total} in the unit that the downloader reports
   */
  void show(String text, long done, long total);
}
