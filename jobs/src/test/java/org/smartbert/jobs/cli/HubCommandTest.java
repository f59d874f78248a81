package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.backbones.Catalogue;
import org.smartbert.backbones.hub.LocalHub;
import org.smartbert.jobs.CommandProcess;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.TinyModels;
import org.smartbert.model.io.ModelDirectory;

/** Commands in processes of their own, with the environment of a user who has a hub and a Maven. */
class HubCommandTest {
  private static final String CLASSIFIER =
      "/org/smartbert/model/io/bert-for-sequence-classification/";
  private static final String TOKEN = "hf_secretOfThisTest";

  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  private final Map<String, String> environment = new HashMap<>();
  private LocalHub hub;
  private Path output;
  private int processes;

  /** An exit code and all that was printed. */
  private record Outcome(int code, String out, String err) {}

  @BeforeEach
  void start() throws IOException {
    hub = new LocalHub();
    hub.requiredToken = TOKEN;
    for (String name : List.of("config.json", "vocab.txt", "model.safetensors")) {
      try (InputStream in = TinyModels.class.getResourceAsStream(CLASSIFIER + name)) {
        hub.put(name, in.readAllBytes());
      }
    }
    output = folder.resolve("out/result");
    environment.put("HF_ENDPOINT", hub.endpoint().toString());
    environment.put("HF_TOKEN", TOKEN);
    environment.put("HF_HOME", folder.resolve("home").toString());
    environment.put("SMARTBERT_CACHE", folder.resolve("cache").toString());
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private Outcome run(String... arguments) throws Exception {
    processes++;
    CommandProcess process =
        CommandProcess.start(
            folder.resolve("process-" + processes),
            Map.of("spark.master", "local[2]"),
            environment,
            arguments);
    Outcome outcome = new Outcome(process.exitCode(), process.out(), process.err());
    assertThat(outcome.out() + outcome.err()).doesNotContain(TOKEN).doesNotContain("wrong-token");
    return outcome;
  }

  private Outcome done(String... arguments) throws Exception {
    Outcome outcome = run(arguments);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return outcome;
  }

  /** One sentence, and nothing half-made. */
  private void refused(int code, String sentence, String... arguments) throws Exception {
    Outcome outcome = run(arguments);
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(code);
    assertThat(outcome.err().lines().filter(line -> line.startsWith("smartbert: ")))
        .singleElement()
        .asString()
        .contains(sentence);
    assertThat(output.getParent()).doesNotExist();
  }

  private String[] getting(String name) {
    return new String[] {"backbone", "get", name, "--output=" + output};
  }

  private String[] rows(String command, String... more) {
    Path input = folder.resolve("input");
    if (!Files.exists(input)) {
      List<Row> rows = new ArrayList<>();
      for (int id = 0; id < 60; id++) {
        rows.add(RowFactory.create("w" + id % 2 + " w" + id % 50, "label " + id % 2));
      }
      TestSpark.writeDelta(input.toString(), "text STRING, label STRING", rows);
    }
    return Stream.concat(
            Stream.of(
                command,
                "--input=" + input,
                "--model=hf:acme/tiny",
                "--output=" + folder.resolve(command),
                "--tables-root=" + folder.resolve("tables")),
            Stream.of(more))
        .toArray(String[]::new);
  }

  @Test
  @Tag("slow")
  void aModelIsDownloadedOnceWithTheTokenAndUsedByEveryCommand() throws Exception {
    assertThat(done(getting("hf:acme/tiny")).out()).startsWith("Backbone: " + output + "\n");
    Path model = folder.resolve("cache/hub/acme--tiny").resolve(LocalHub.COMMIT);
    assertThat(ModelDirectory.digest(output)).isEqualTo(ModelDirectory.digest(model));
    String note = "Model acme/tiny of the hub, commit " + LocalHub.COMMIT + ", in " + model + ".";
    assertThat(
            done(rows("train", "--stage-one-epochs=2", "--soft-epochs=1", "--stage-two-epochs=1"))
                .err())
        .contains(note);
    assertThat(done(rows("convert", "--epochs=1", "--timing-rows=0")).err()).contains(note);
    assertThat(done(rows("score")).out()).contains("Scored 60 rows");
    assertThat(hub.requests.stream().filter(each -> each.startsWith("STORAGE"))).hasSize(1);
    assertThat(hub.requests).doesNotContain("TOKEN SENT TO STORAGE");
  }

  @Test
  @Tag("long")
  void whatTheHubDoesNotGiveIsRefused() throws Exception {
    refused(2, "has no model hf:acme/unknown@main", getting("hf:acme/unknown"));
    environment.put("HF_TOKEN", "wrong-token");
    refused(2, "answers 401 for hf:acme/tiny@main", getting("hf:acme/tiny"));
    environment.put("HF_TOKEN", TOKEN);
    hub.corrupt = true;
    refused(1, "digest", getting("hf:acme/tiny"));
    hub.corrupt = false;
    hub.remove("model.safetensors");
    hub.put("pytorch_model.bin", new byte[] {1});
    refused(2, "safe_serialization=True", getting("hf:acme/tiny"));
    assertThat(folder.resolve("cache/hub/acme--tiny").resolve(LocalHub.COMMIT)).doesNotExist();
  }

  /** A script stands for Maven: it has the jar's name and other bytes, or no network. */
  @Test
  @Tag("long")
  void aDamagedJarAndAMissingNetworkLeaveNothing() throws Exception {
    String name = "all-MiniLM-L6-v2";
    String[] parts = Catalogue.load().require(name).jar().coordinates().split(":", -1);
    maven(
        "for a in \"$@\"; do case \"$a\" in -DoutputDirectory=*) OUT=\"${a#*=}\";; esac; done\n"
            + "echo flipped > \"$OUT/"
            + parts[1]
            + "-"
            + parts[2]
            + ".jar\"\n");
    refused(2, "SHA-256", getting(name));
    maven("echo '[ERROR] Could not transfer artifact: no route to host'\nexit 1\n");
    refused(1, "no route to host", getting(name));
    try (Stream<Path> left = Files.list(folder.resolve("cache/backbones"))) {
      assertThat(left).allMatch(file -> file.toString().endsWith(".lock"));
    }
  }

  private void maven(String script) throws IOException {
    Path file = Files.createDirectories(folder.resolve("bin")).resolve("mvn");
    Files.writeString(file, "#!/bin/sh\n" + script);
    assertThat(file.toFile().setExecutable(true)).isTrue();
    environment.put("PATH", file.getParent() + ":" + System.getenv("PATH"));
  }
}
