package org.smartbert.jobs.samples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A set of labelled texts in a jar of Maven Central. */
public sealed interface Sample permits WordNetGlosses, LanguageToolExamples {
  /** The jar that holds it. */
  JarCoordinates jar();

  /** What it is, for people. */
  Description description();

  /**
   * Reads it.
   *
   * @param file the jar
   * @throws org.smartbert.model.InvalidInputException for a jar without it, or whose file has
   *     another form
   */
  Contents read(Path file) throws IOException;

  /**
   * What people need to know of a sample.
   *
   * @param title one line
   * @param text what a row is and what its label says, in sentences
   * @param unit what is never divided between parts, for example "definition"
   * @param license its name
   * @param source where the set was published first
   */
  record Description(
      String name, String title, String text, String unit, String license, String source) {}

  /**
   * The examples of a jar.
   *
   * @param leftOut examples that cannot be rows, by the reason
   * @param notice the copyright notice in the file, to be kept with every copy
   */
  record Contents(List<Example> examples, List<LeftOut> leftOut, String notice) {
    public Contents {
      examples = List.copyOf(examples);
      leftOut = List.copyOf(leftOut);
    }
  }

  /**
   * Examples that are no rows.
   *
   * @param reason completes "N examples were left out because ..."
   */
  record LeftOut(int count, String reason) {}
}
