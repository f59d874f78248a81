package org.smartbert.jobs.actions.demo;

import java.nio.file.Path;

/**
 * Trains on a generated sample and scores rows that the model has not seen.
 *
 * @param folder where sample, model and tables go; its contents are replaced
 */
public record DemoRequest(Path folder, int trainRows, int testRows) {
  public DemoRequest {
    folder = folder.toAbsolutePath().normalize();
  }
}
