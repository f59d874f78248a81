package org.smartbert.jobs.actions.samples;

import java.util.List;
import java.util.Map;
import org.smartbert.jobs.actions.evaluation.NaiveBayes;
import org.smartbert.jobs.samples.Part;
import org.smartbert.jobs.samples.Sample;

/**
 * A sample that was written.
 *
 * @param output its folder, absolute
 * @param floor what naive Bayes reaches on the test rows, trained on the training rows
 */
public record SampleResult(
    Sample.Description description, String output, Rows rows, NaiveBayes.Result floor) {
  /**
   * Its rows.
   *
   * @param parts rows of each part
   * @param leftOut examples of the jar that are no rows
   */
  public record Rows(Map<Part, Integer> parts, int classes, List<Sample.LeftOut> leftOut) {
    public Rows {
      leftOut = List.copyOf(leftOut);
    }

    public int all() {
      return parts.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /** The path of a part. */
  public String path(Part part) {
    return output + "/" + part.fileName();
  }
}
