package org.smartbert.jobs.samples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The example sentences of LanguageTool's English rules: those that a rule finds an error in, and
 * those that show what is right.
 */
public record LanguageToolExamples(JarCoordinates jar) implements Sample {
  /** As Maven Central has it. */
  public static LanguageToolExamples released() {
    return new LanguageToolExamples(
        new JarCoordinates(
            "org.languagetool",
            "language-en",
            "6.6",
            "3b21ae7b18133dc53c5aefbd97130155bce2bcbed43b8b02cf27813587cca96b",
            3));
  }

  private static final String FILE = "org/languagetool/rules/en/grammar.xml";

  @Override
  public Description description() {
    return new Description(
        "languagetool",
        "Right and wrong sentences of LanguageTool's English rules",
        "A row is an example sentence of a rule of LanguageTool's grammar.xml. The label is"
            + " incorrect where the rule finds an error in it, correct where it shows what is"
            + " right; the marks around the place are removed. origin is the rule's id, and all"
            + " sentences of a rule stand in one part, so that a model is tested on errors of kinds"
            + " that it was not trained on. Some pairs differ in upper and lower case or in blanks"
            + " alone, which uncased models do not see.",
        "rule's id",
        "LGPL-2.1-or-later (NOTICE has it)",
        "https://languagetool.org");
  }

  @Override
  public Contents read(Path file) throws IOException {
    return SampleJar.read(
        file,
        FILE,
        in -> {
          RuleFile rules = RuleFile.read(in, FILE);
          return new Contents(
              rules.examples(),
              List.of(
                  new LeftOut(rules.falseAlarms(), "they are marked as false alarms of their rule"),
                  new LeftOut(rules.empty(), "they are empty")),
              rules.notice());
        });
  }
}
