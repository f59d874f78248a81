package org.smartbert.jobs.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.InvalidInputException;

class WordNetGlossesTest {
  private static final String HEADER =
      "  1 This software and database is being provided to you, the LICENSEE, by  \n"
          + "  2 Princeton University under the following license.  \n";

  /** A line of the database itself. */
  private static final String ENTITY =
      "00001740 03 n 01 entity 0 003 ~ 00001930 n 0000 ~ 00002137 n 0000 ~ 04431553 n 0000 | that"
          + " which is perceived or known or inferred to have its own distinct existence (living or"
          + " nonliving)  ";

  @TempDir private Path folder;

  private Sample.Contents read(String... lines) throws IOException {
    Path jar = HandMadeJars.jar(folder, HandMadeJars.NOUNS, HEADER + String.join("\n", lines));
    return new WordNetGlosses(HandMadeJars.coordinates(jar)).read(jar);
  }

  @Test
  void aSynsetIsARow() throws IOException {
    Sample.Contents contents =
        read(
            ENTITY,
            HandMadeJars.synset(2084442, 5, "domestic_dog", "a member of the genus Canis | tame"));
    String entity =
        "that which is perceived or known or inferred to have its own distinct existence (living"
            + " or nonliving)";
    String dog = "a member of the genus Canis | tame";
    assertThat(contents.examples())
        .containsExactly(
            new Example("n00001740", entity, "Tops", "entity", entity),
            new Example("n02084442", dog, "animal", "domestic dog", dog));
    assertThat(contents.notice())
        .isEqualTo(
            "This software and database is being provided to you, the LICENSEE, by\n"
                + "Princeton University under the following license.");
  }

  @Test
  void everyLexicographerFileOfNounsHasItsName() throws IOException {
    String[] lines = new String[26];
    Arrays.setAll(lines, i -> HandMadeJars.synset(i, i + 3, "w", "definition " + i));
    assertThat(read(lines).examples())
        .extracting(Example::label)
        .containsExactly(
            "Tops",
            "act",
            "animal",
            "artifact",
            "attribute",
            "body",
            "cognition",
            "communication",
            "event",
            "feeling",
            "food",
            "group",
            "location",
            "motive",
            "object",
            "person",
            "phenomenon",
            "plant",
            "possession",
            "process",
            "quantity",
            "relation",
            "shape",
            "state",
            "substance",
            "time");
  }

  @Test
  void exampleSentencesAreNoPartOfADefinition() {
    assertThat(
            WordNetGlosses.definition(
                "the act of starting; \"his first departure\"; \"a new start\""))
        .isEqualTo("the act of starting");
    assertThat(WordNetGlosses.definition("slang for \"mouth\"; used by sailors"))
        .isEqualTo("slang for \"mouth\"; used by sailors");
    assertThat(WordNetGlosses.definition("two parts; both stay;"))
        .isEqualTo("two parts; both stay");
  }

  @Test
  void aGlossOfExamplesAloneIsCountedAndLeftOut() throws IOException {
    Sample.Contents contents =
        read(HandMadeJars.synset(7, 4, "w", "\"he had a go at it\""), ENTITY);
    assertThat(contents.examples()).hasSize(1);
    assertThat(contents.leftOut())
        .containsExactly(new Sample.LeftOut(1, "their gloss holds example sentences alone"));
  }

  @Test
  void aLineOfAnotherFormIsRefusedWithItsNumber() {
    assertThatThrownBy(() -> read(ENTITY, "00001930 03 n 01 physical_entity 0 007 no gloss"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("Line 4 of", "physical_entity");
    assertThatThrownBy(() -> read(ENTITY.replace(" n ", " v ")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Line 3 of");
    assertThatThrownBy(() -> read(HandMadeJars.synset(1, 29, "w", "a verb's file")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("Line 3 of", "lexicographer file 29");
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] latin = (ENTITY + " caf\u00e9").getBytes(StandardCharsets.ISO_8859_1);
    Path jar = HandMadeJars.jar(folder, HandMadeJars.NOUNS, latin);
    assertThatThrownBy(() -> new WordNetGlosses(HandMadeJars.coordinates(jar)).read(jar))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("data.noun", "UTF-8");
  }

  @Test
  void jarsWithoutTheFileAreRefused() throws IOException {
    Path other = HandMadeJars.jar(folder, HandMadeJars.RULES, "<rules/>");
    WordNetGlosses glosses = new WordNetGlosses(HandMadeJars.coordinates(other));
    assertThatThrownBy(() -> glosses.read(other))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(other.toString(), "data.noun");
    Path broken = Files.writeString(folder.resolve("broken.jar"), "no zip");
    assertThatThrownBy(() -> glosses.read(broken))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(broken.toString(), "damaged");
  }
}
