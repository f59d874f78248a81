package org.smartbert.jobs.actions.demo;

import java.nio.file.Path;

/**
 * Trains on a generated sample and scores rows that the model has not seen.
 *
 * @param folder where sample, model and tables go; its contents are replaced
 */
public record GeneratedDemoRequest(Path folder, int trainRows, int testRows) {
  public GeneratedDemoRequest {
    folder = folder.toAbsolutePath().normalize();
  }
}
