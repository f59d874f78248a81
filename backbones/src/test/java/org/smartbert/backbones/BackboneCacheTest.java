package org.smartbert.backbones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.io.ModelDirectory;

/**
 * What a cache holds is whole, whatever the download did. A script stands for Maven here;
 * MavenCentralTest has the real one.
 */
class BackboneCacheTest {
  @TempDir private Path folder;
  private Path jar;
  private Path cache;

  @BeforeEach
  void aJar() throws IOException {
    Path source = Files.createDirectory(folder.resolve("source"));
    Files.write(source.resolve("bert.onnx"), Exports.onnx().toByteArray());
    Exports.writeVocabulary(source);
    jar = Exports.zip(source, "", folder.resolve("published.jar"));
    cache = folder.resolve("cache/backbones");
  }

  private Backbone backbone() throws IOException {
    return new Backbone(
        "tiny",
        new MavenJar("org.example", "tiny", "1.0", MavenJars.sha256(jar), 1),
        new Backbone.Sizes(2, Exports.HEADS, 16, 65, true),
        "English",
        "Apache-2.0",
        "https://example.org");
  }

  /** A command that does what a script says, with $OUT as the output's folder. */
  private List<String> maven(String script) throws IOException {
    Path file = folder.resolve("maven-" + System.nanoTime() + ".sh");
    Files.writeString(
        file,
        "for a in \"$@\"; do case \"$a\" in -DoutputDirectory=*) OUT=\"${a#*=}\";; esac; done\n"
            + script);
    return List.of("sh", file.toString());
  }

  private List<String> copying() throws IOException {
    return maven("echo run >> " + folder + "/runs; cp " + jar + " \"$OUT/tiny-1.0.jar\"\n");
  }

  private void requireEmpty() throws IOException {
    try (Stream<Path> left = Files.list(cache)) {
      assertThat(left).allMatch(file -> file.toString().endsWith(".lock"));
    }
  }

  @Test
  void theSecondCallFindsWhatTheFirstConverted() throws IOException {
    BackboneCache backbones = new BackboneCache(cache, copying());
    assertThat(backbones.find(backbone())).isEmpty();
    Path directory = backbones.get(backbone(), Downloads.SILENT);
    assertThat(ModelDirectory.openBackbone(directory).config().layers()).isEqualTo(2);
    assertThat(directory.resolve("README.md"))
        .content()
        .contains("Apache-2.0", "org.example:tiny:1.0", "https://example.org");
    assertThat(backbones.get(backbone(), Downloads.SILENT)).isEqualTo(directory);
    assertThat(Files.readAllLines(folder.resolve("runs"))).hasSize(1);
    assertThat(backbones.find(backbone())).contains(directory);
  }

  @Test
  void callsAtOnceDownloadOnce() throws Exception {
    BackboneCache backbones = new BackboneCache(cache, copying());
    Backbone tiny = backbone();
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<Path>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(pool.submit(() -> backbones.get(tiny, Downloads.SILENT)));
      }
      for (Future<Path> each : all) {
        assertThat(each.get()).isEqualTo(cache.resolve("tiny"));
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(Files.readAllLines(folder.resolve("runs"))).hasSize(1);
  }

  @Test
  void whatAKilledDownloadLeftIsRemoved() throws IOException {
    Path left = Files.createDirectories(cache.resolve(".tiny.writing"));
    Files.writeString(left.resolve("tiny-1.0.jar"), "half");
    new BackboneCache(cache, copying()).get(backbone(), Downloads.SILENT);
    assertThat(left).doesNotExist();
  }

  @Test
  void aJarWithAFlippedByteIsRefused() throws IOException {
    Backbone tiny = backbone();
    byte[] bytes = Files.readAllBytes(jar);
    bytes[bytes.length / 2] ^= 1;
    Files.write(jar, bytes);
    assertThatThrownBy(() -> new BackboneCache(cache, copying()).get(tiny, Downloads.SILENT))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("org.example:tiny:1.0", "SHA-256", "org/example/tiny/1.0");
    requireEmpty();
  }

  @Test
  void mavensReasonIsTheMessage() throws IOException {
    List<String> offline =
        maven(
            "echo '[ERROR] Could not transfer artifact: no route to host'; echo '[ERROR] help';"
                + " exit 1\n");
    Backbone tiny = backbone();
    assertThatThrownBy(() -> new BackboneCache(cache, offline).get(tiny, Downloads.SILENT))
        .isInstanceOf(FailedRunException.class)
        .hasMessageContainingAll(
            "org.example:tiny:1.0", "Could not transfer artifact: no route to host")
        .hasMessageNotContaining("help");
    requireEmpty();
  }

  @Test
  void withoutMavenTheRemedyIsToInstallIt() throws IOException {
    Backbone tiny = backbone();
    BackboneCache without = new BackboneCache(cache, List.of(folder + "/no-such-mvn"));
    assertThatThrownBy(() -> without.get(tiny, Downloads.SILENT))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("no-such-mvn", "install Maven");
    requireEmpty();
  }

  @Test
  void aCacheThatCannotBeWrittenIsNamed() throws IOException {
    Files.writeString(folder.resolve("cache"), "a file");
    Backbone tiny = backbone();
    BackboneCache file = new BackboneCache(cache, copying());
    assertThatThrownBy(() -> file.get(tiny, Downloads.SILENT))
        .isInstanceOf(FailedRunException.class)
        .hasMessageContainingAll(cache.toString(), "SMARTBERT_CACHE");
  }

  @Test
  void mavensProgressIsShown() throws IOException {
    List<String> shown = Collections.synchronizedList(new ArrayList<>());
    List<String> slow =
        maven(
            "printf 'Progress (1): tiny-1.0.jar (12/83 MB)\\r'; cp "
                + jar
                + " \"$OUT/tiny-1.0.jar\"\n");
    new BackboneCache(cache, slow)
        .get(backbone(), (text, done, total) -> shown.add(text + " " + done + "/" + total));
    assertThat(shown).containsExactly("Downloading tiny-1.0.jar 12/83", "Converting tiny 0/1");
  }
}
