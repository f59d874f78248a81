package org.smartbert.jobs.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.InvalidInputException;

class LanguageToolExamplesTest {
  private static final String HEAD =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <?xml-stylesheet type="text/xsl" href="print.xsl" ?>
      <!-- English rules
        Copyright (C) 2001 somebody -->
      <!DOCTYPE rules [
        <!ENTITY days "Monday|Friday">
      ]>
      """;

  @TempDir private Path folder;

  private Sample.Contents read(String rules) throws IOException {
    Path jar = HandMadeJars.jar(folder, HandMadeJars.RULES, HEAD + rules);
    return new LanguageToolExamples(HandMadeJars.coordinates(jar)).read(jar);
  }

  @Test
  void correctionsAndTypesAreLabelsAndGroupsAreUnits() throws IOException {
    Sample.Contents contents =
        read(
            """
            <rules lang="en">
              <category id="TYPOS" name="t">
                <rule id="ALONE" name="a">
                  <pattern><token regexp="yes">&days;</token></pattern>
                  <message>No <suggestion>example</suggestion></message>
                  <example correction="an">This is <marker>a</marker>
                      apple &amp; a <!-- comment -->pear.</example>
                  <example>This is an apple.</example>
                </rule>
                <rulegroup id="GROUP" name="g">
                  <antipattern><token>x</token><example>Nothing wrong here.</example></antipattern>
                  <rule><example type="incorrect">He <marker>go</marker>.</example></rule>
                  <rule id="INNER"><example type="correct">He goes.</example>
                    <example type="triggers_error">He go-goes.</example>
                    <example> </example></rule>
                </rulegroup>
                <rule id="LAST"><example correction="">Too <marker>too</marker> many.</example></rule>
              </category>
            </rules>
            """);
    assertThat(contents.examples())
        .containsExactly(
            new Example("ALONE/1", "This is a apple & a pear.", "incorrect", "ALONE", "ALONE"),
            new Example("ALONE/2", "This is an apple.", "correct", "ALONE", "ALONE"),
            new Example("GROUP/1", "Nothing wrong here.", "correct", "GROUP", "GROUP"),
            new Example("GROUP/2", "He go.", "incorrect", "GROUP", "GROUP"),
            new Example("GROUP/3", "He goes.", "correct", "GROUP", "GROUP"),
            new Example("LAST/1", "Too too many.", "incorrect", "LAST", "LAST"));
    assertThat(contents.leftOut()).extracting(Sample.LeftOut::count).containsExactly(1, 1);
    assertThat(contents.notice()).isEqualTo("English rules\nCopyright (C) 2001 somebody");
  }

  @Test
  void anExampleWithoutARuleIsRefusedWithItsLine() {
    assertThatThrownBy(() -> read("<rules><rule><example>Nobody's.</example></rule></rules>"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("line 8", "no rule");
  }

  @Test
  void whatIsNoXmlIsRefusedWithItsLine() {
    assertThatThrownBy(() -> read("<rules><rule id='A'></rules>"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("grammar.xml", "line 8");
  }

  @Test
  void noOtherFileIsOpened() throws IOException {
    Path secret = java.nio.file.Files.writeString(folder.resolve("secret.txt"), "of this machine");
    String rules =
        "<!DOCTYPE rules [<!ENTITY other SYSTEM \""
            + secret.toUri()
            + "\">]>\n"
            + "<rules><rule id=\"A\"><example>Text &other;.</example></rule></rules>";
    Path jar = HandMadeJars.jar(folder, HandMadeJars.RULES, rules);
    Sample.Contents contents = new LanguageToolExamples(HandMadeJars.coordinates(jar)).read(jar);
    assertThat(contents.examples()).extracting(Example::text).containsExactly("Text .");
  }

  /** The JDK stops after 64,000 entities, and the real file has more. */
  @Test
  void manyEntitiesAreRead() throws IOException {
    String uses = "<token>&days;</token>".repeat(65_000);
    Sample.Contents contents =
        read(
            "<rules><rule id=\"A\"><pattern>"
                + uses
                + "</pattern><example>Text.</example></rule></rules>");
    assertThat(contents.examples()).hasSize(1);
  }
}
