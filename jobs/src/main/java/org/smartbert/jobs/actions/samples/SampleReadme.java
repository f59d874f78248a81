package org.smartbert.jobs.actions.samples;

import java.util.Locale;
import org.smartbert.jobs.samples.JarCoordinates;
import org.smartbert.jobs.samples.Part;
import org.smartbert.jobs.samples.Sample;

/** The README of a sample's folder. */
final class SampleReadme {
  private SampleReadme() {}

  static String of(Sample sample, SampleResult result) {
    Sample.Description about = sample.description();
    JarCoordinates jar = sample.jar();
    SampleResult.Rows rows = result.rows();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            """
            # %s

            %s

            | | |
            |---|---|
            | source | %s, from the jar %s (SHA-256 %s) |
            | license | %s |
            | rows | %,d of %,d classes |
            """,
            about.title(),
            about.text(),
            about.source(),
            jar,
            jar.sha256(),
            about.license(),
            rows.all(),
            rows.classes()));
    for (Part part : Part.values()) {
      text.append(
          String.format(
              Locale.ROOT, "| %s | %,d rows |%n", part.fileName(), rows.parts().get(part)));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "| naive Bayes | %.1f %% (%.1f to %.1f) of the test rows |%n%n",
            100 * result.floor().accuracy().value(),
            100 * result.floor().accuracy().low(),
            100 * result.floor().accuracy().high()));
    text.append("Columns: `id`, `text`, `label`, `origin`, all STRING. Texts are distinct.");
    for (Sample.LeftOut reason : rows.leftOut()) {
      text.append(
          String.format(
              Locale.ROOT,
              " %,d examples were left out because %s.",
              reason.count(),
              reason.reason()));
    }
    text.append(
        String.format(
            Locale.ROOT,
            """


            The parts are divided by a hash of the %s, so they do not change. %s

            Naive Bayes is the floor: multinomial, with Laplace smoothing, on the counts of the lower-case words
            (Spark MLlib), trained on train.parquet and tested on test.parquet; in brackets the 95 %% interval of the
            bootstrap.

                smartbert train --input %s --validation %s \\
                  --text-column text --label-column label --model bge-small-en-v1.5 --output MODEL
                smartbert evaluate --input %s --text-column text --label-column label --models MODEL
            """,
            about.unit(),
            Part.RULE,
            result.path(Part.TRAIN),
            result.path(Part.VALIDATION),
            result.path(Part.TEST)));
    return text.toString();
  }
}
