package org.smartbert.jobs.samples;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.smartbert.jobs.actions.backbones.JarDownload;

/** Small jars that are made as Maven Central's are, and a script in Maven's place. */
public final class HandMadeJars {
  public static final String NOUNS = "net/sf/extjwnl/data/wordnet/wn31/data.noun";
  public static final String RULES = "org/languagetool/rules/en/grammar.xml";

  private HandMadeJars() {}

  /** A jar of one file. */
  static Path jar(Path folder, String entry, byte[] content) {
    Path jar = folder.resolve("hand-made-1.0.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("META-INF/MANIFEST.MF"));
      zip.putNextEntry(new ZipEntry(entry));
      zip.write(content);
      return jar;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** A jar of one text file. */
  public static Path jar(Path folder, String entry, String content) {
    return jar(folder, entry, content.getBytes(StandardCharsets.UTF_8));
  }

  /** A line of data.noun, as WordNet writes it. */
  public static String synset(int offset, int file, String word, String gloss) {
    return String.format(
        Locale.ROOT,
        "%08d %02d n 02 %s 0 other_word a 001 @ 00001930 n 0000 | %s  ",
        offset,
        file,
        word,
        gloss);
  }

  /**
   * A jar of noun definitions: those of animals and of plants share no word but the article.
   *
   * @param rows definitions, half of each class
   */
  public static Path glosses(Path folder, int rows) {
    StringBuilder lines =
        new StringBuilder("  1 WordNet 3.1 Copyright 2006 by Princeton University.  \n");
    for (int i = 0; i < rows; i++) {
      String gloss =
          i % 2 == 0
              ? "a furry beast of size " + i + "; \"the word was seen\""
              : "a leafy shrub of height " + i;
      lines.append(synset(1740 + i, i % 2 == 0 ? 5 : 20, "word_" + i, gloss)).append('\n');
    }
    return jar(folder, NOUNS, lines.toString());
  }

  /** The coordinates of a hand-made jar, with its digest. */
  public static JarCoordinates coordinates(Path jar) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
      return new JarCoordinates(
          "org.example", "hand-made", "1.0", HexFormat.of().formatHex(digest), 1);
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A command that copies the jar where Maven would put it, and counts how often it ran. */
  public static JarDownload copying(Path jar) {
    Path script = jar.resolveSibling("maven.sh");
    try {
      Files.writeString(
          script,
          "for a in \"$@\"; do case \"$a\" in -DoutputDirectory=*) OUT=\"${a#*=}\";; esac; done\n"
              + "echo run >> "
              + runs(jar)
              + "\n"
              + "cp "
              + jar
              + " \"$OUT/hand-made-1.0.jar\"\n");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return new JarDownload(List.of("sh", script.toString()));
  }

  /** The file with a line for each run of that command. */
  public static Path runs(Path jar) {
    return jar.resolveSibling("runs");
  }
}
