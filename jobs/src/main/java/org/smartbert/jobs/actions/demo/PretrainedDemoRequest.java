package org.smartbert.jobs.actions.demo;

import java.nio.file.Path;
import org.smartbert.model.InvalidInputException;

/**
 * Fine-tunes a pretrained BERT on WordNet's glosses, adds exits to it with glosses without labels,
 * and scores glosses that it has not seen.
 *
 * @param folder where rows, model and tables go; its contents are replaced
 * @param trainRows to fine-tune on
 * @param testRows to score
 */
public record PretrainedDemoRequest(Path folder, int trainRows, int testRows) {
  private static final int FEWEST = 100;

  /**
   * @throws InvalidInputException for too few rows
   */
  public PretrainedDemoRequest {
    folder = folder.toAbsolutePath().normalize();
    requireEnough("--train-rows", trainRows);
    requireEnough("--test-rows", testRows);
  }

  /** Other rows, whose texts the exits learn from, where there are so many. */
  public int unlabelledRows() {
    return trainRows;
  }

  private static void requireEnough(String option, int rows) {
    if (rows < FEWEST) {
      throw new InvalidInputException(
          "%s is %d; give %d or more, or --generated for the demo of generated sentences.",
          option, rows, FEWEST);
    }
  }
}
