package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.Checkout;

/** What bin/smartbert makes of options and environments; spark-submit here prints its arguments. */
@Tag("slow")
class LauncherTest {
  @TempDir(cleanup = CleanupMode.NEVER)
  private static Path folder;

  private static Checkout checkout;
  private static Path home;

  @BeforeAll
  static void make() throws Exception {
    checkout = Checkout.in(folder.resolve("my clone"));
    home = folder.resolve("spark");
    Files.createDirectories(home.resolve("bin"));
    Files.createDirectories(home.resolve("jars"));
    Files.createFile(home.resolve("jars/spark-core_2.13-4.1.0.jar"));
    Files.createFile(home.resolve("jars/delta-spark_2.13.jar"));
    Files.createFile(home.resolve("jars/derbynet.jar"));
    Path submit = home.resolve("bin/spark-submit");
    Files.writeString(
        submit,
        """
        #!/usr/bin/env bash
        printf '%s\\n' "$@"
        [ -z "$DRIVER_STATE" ] || echo "09:00:00 INFO ClientEndpoint: $DRIVER_STATE" >&2
        env | grep -E '^(LC_ALL|DJL_CACHE_DIR|OMP|SPARK_LOCAL_IP)'
        """);
    assertThat(submit.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void allOfSparksOptionsPassBeforeTheCommand() throws Exception {
    List<String> submitted =
        submitted(
            "--packages=org.example:a:1",
            "--repositories",
            "https://example.org/r",
            "--exclude-packages=x:y",
            "--conf=spark.a=b=c",
            "-c",
            "spark.d=e f",
            "--py-files=a.py",
            "--archives",
            "b.zip",
            "--principal=p",
            "--keytab",
            "k",
            "--proxy-user=u",
            "--driver-java-options=-Dx=1 -Dy=2",
            "--driver-class-path",
            "/c:/d",
            "--verbose",
            "--supervise",
            "--master=local[1]",
            "--config",
            "file.conf",
            "--debug",
            "score",
            "--conf",
            "of-the-command");
    assertThat(submitted)
        .containsSubsequence("--packages", "org.example:a:1")
        .containsSubsequence("--repositories", "https://example.org/r")
        .containsSubsequence("--exclude-packages", "x:y")
        .containsSubsequence("--conf", "spark.a=b=c")
        .containsSubsequence("--conf", "spark.d=e f")
        .containsSubsequence("--py-files", "a.py")
        .containsSubsequence("--archives", "b.zip")
        .containsSubsequence("--principal", "p")
        .containsSubsequence("--keytab", "k")
        .containsSubsequence("--proxy-user", "u")
        .containsSubsequence("--driver-java-options", "-Dx=1 -Dy=2")
        .containsSubsequence("--driver-class-path", "/c:/d")
        .contains("--verbose", "--supervise")
        .containsSubsequence("--master", "local[1]")
        .containsSubsequence(
            checkout.root().resolve("jobs/target/smartbert-jobs.jar").toString(),
            "--config=file.conf",
            "--debug",
            "score",
            "--conf",
            "of-the-command");
  }

  @Test
  void javaOptionsAndJarsOfTheUserStandBesideOurs() throws Exception {
    Path properties = folder.resolve("user.conf");
    Files.writeString(
        properties,
        """
        # spark.jars /commented.jar
        spark.jars  /of/file.jar
        spark.executor.defaultJavaOptions = -Dtheirs=1 \\
            -Dmore=2
        spark.executorEnv.OMP_NUM_THREADS 3
        """);
    List<String> submitted =
        submitted(
            "--properties-file=" + properties,
            "--conf=spark.executor.extraJavaOptions=-Dz=1",
            "--conf=spark.driver.defaultJavaOptions=-Dd=1",
            "score");
    assertThat(value(submitted, "spark.executor.defaultJavaOptions"))
        .startsWith("-Dfile.encoding=UTF-8 -Dai.djl.offline=true")
        .endsWith(" -Dtheirs=1 -Dmore=2");
    assertThat(value(submitted, "spark.driver.defaultJavaOptions"))
        .startsWith("-Dfile.encoding=UTF-8 -Dai.djl.offline=true")
        .endsWith(" -Dd=1");
    // Ours is another key: the user's extraJavaOptions come after it, and win.
    assertThat(value(submitted, "spark.executor.extraJavaOptions")).isEqualTo("-Dz=1");
    assertThat(submitted).noneMatch(part -> part.startsWith("spark.executorEnv.OMP_NUM_THREADS"));
    assertThat(submitted)
        .contains(
            "spark.executorEnv.LC_ALL=C.UTF-8",
            "spark.executorEnv.MALLOC_ARENA_MAX=1",
            "spark.executorEnv.MALLOC_TRIM_THRESHOLD_=4294967296",
            "spark.executorEnv.GLIBC_TUNABLES=glibc.malloc.hugetlb=1");
    assertThat(jars(submitted)).contains("/of/file.jar").anyMatch(jar -> jar.contains("picocli"));

    assertThat(jars(submitted("--jars", "/a.jar,/b.jar", "score")))
        .contains("/a.jar", "/b.jar")
        .anyMatch(jar -> jar.contains("pytorch"));
    assertThat(submitted("--deploy-mode=cluster", "score"))
        .contains("spark.yarn.appMasterEnv.LC_ALL=C.UTF-8");
  }

  /** Delta, and the network side of Derby. */
  @Test
  void aDistributionOfSparkGetsWhatItLacks() throws Exception {
    Path distribution = folder.resolve("spark-distribution");
    Files.createDirectories(distribution.resolve("jars"));
    Files.createSymbolicLink(distribution.resolve("bin"), home.resolve("bin"));
    Path core = Files.createFile(distribution.resolve("jars").resolve("spark-core_2.13-4.1.0.jar"));
    Map<String, String> environment = Map.of("SPARK_HOME", distribution.toString());
    Checkout.Outcome outcome =
        checkout.run(environment, "--driver-class-path=/theirs.jar", "score");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    List<String> submitted = outcome.out().lines().toList();
    assertThat(jars(submitted))
        .anyMatch(jar -> jar.matches(".*/delta-spark_4\\.1_2\\.13-[^/]*\\.jar"))
        .noneMatch(jar -> jar.contains("derby"));
    assertThat(submitted.get(submitted.indexOf("--driver-class-path") + 1))
        .startsWith("/theirs.jar:")
        .contains("/derbynet-", "/derbyclient-");

    Files.move(core, core.resolveSibling("spark-core_2.13-4.0.1.jar"));
    assertMistake("which has no Delta and is not Spark 4.1", environment, "score");
  }

  @Test
  void aDriverInTheClusterIsWaitedForAndItsStateIsTheExitCode() throws Exception {
    String[] arguments = {"--master=spark://host:7077", "--deploy-mode=cluster", "score"};
    assertThat(
            inCluster("State of driver driver-1 is FINISHED, exiting spark-submit JVM.", arguments))
        .satisfies(outcome -> assertThat(outcome.code()).as(outcome.err()).isZero())
        .satisfies(
            outcome ->
                assertThat(outcome.out())
                    .contains("spark.standalone.submit.waitAppCompletion=true"));
    for (String state : List.of("FAILED", "KILLED", "ERROR")) {
      Checkout.Outcome outcome =
          inCluster(
              "State of driver driver-1 is " + state + ", exiting spark-submit JVM.", arguments);
      assertThat(outcome.code()).isEqualTo(1);
      assertThat(outcome.err())
          .contains("smartbert: The driver driver-1 ended with the state " + state + ";");
    }
    Checkout.Outcome unknown = inCluster("", arguments);
    assertThat(unknown.code()).isEqualTo(1);
    assertThat(unknown.err()).contains("smartbert: Spark did not tell how the driver ended");

    Checkout.Outcome unwaited =
        inCluster(
            "",
            "--conf=spark.standalone.submit.waitAppCompletion=false",
            arguments[0],
            arguments[1],
            "score");
    assertThat(unwaited.code()).as(unwaited.err()).isZero();
    assertMistake(
        "submitted by REST cannot be waited for",
        Map.of("SPARK_HOME", home.toString()),
        "--conf=spark.master.rest.enabled=true",
        arguments[0],
        arguments[1],
        "score");
  }

  private static Checkout.Outcome inCluster(String state, String... arguments) throws Exception {
    return checkout.run(Map.of("SPARK_HOME", home.toString(), "DRIVER_STATE", state), arguments);
  }

  @Test
  void whatCannotWorkIsOneSentence() throws Exception {
    assertMistake("--jars needs a value", Map.of(), "--jars");
    assertMistake("--class is not for smartbert", Map.of(), "--class=x", "score");
    assertMistake("give it as KEY=VALUE", Map.of(), "--conf", "spark.x", "score");
    assertMistake("none.conf cannot be read", Map.of(), "--properties-file=none.conf", "score");
    assertMistake("which does not exist", Map.of("SPARK_HOME", "/proc/none"), "score");
    assertMistake("no bin/spark-submit", Map.of("SPARK_HOME", folder.toString()), "score");
    assertMistake("no bin/java", Map.of("JAVA_HOME", "/none"), "score");
    assertMistake("DJL_CACHE_DIR is /proc/x", Map.of("DJL_CACHE_DIR", "/proc/x"), "score");
    Checkout colon = Checkout.in(folder.resolve("a:b"));
    Checkout.Outcome outcome = colon.run(Map.of(), "score");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("a:b has a character").hasLineCount(1);
  }

  @Test
  void cachesAndLocalesAreFound() throws Exception {
    Path temporary = Files.createDirectories(folder.resolve("t m p"));
    for (Map<String, String> noHome :
        List.of(Map.of("HOME", ""), Map.of("HOME", "/dev/null"), Map.of("HOME", "/proc/none/x"))) {
      Map<String, String> environment = new java.util.HashMap<>(noHome);
      environment.put("SPARK_HOME", home.toString());
      environment.put("TMPDIR", temporary.toString());
      Checkout.Outcome outcome = checkout.run(environment, "score");
      assertThat(outcome.code()).as(outcome.err()).isZero();
      assertThat(outcome.out())
          .containsPattern("DJL_CACHE_DIR=" + temporary + "/smartbert-\\d+/djl")
          .contains("LC_ALL=C.UTF-8")
          .contains("\"-Djava.io.tmpdir=" + temporary + "\"");
    }
    Path cache = folder.resolve("cache");
    Map<String, String> environment =
        Map.of(
            "SPARK_HOME",
            home.toString(),
            "XDG_CACHE_HOME",
            cache.toString(),
            "TMPDIR",
            "/proc/none",
            "LANG",
            "xx_YY.UTF-8");
    assertThat(checkout.run(environment, "score").out())
        .contains("DJL_CACHE_DIR=" + cache + "/smartbert/djl")
        .contains("LC_ALL=C.UTF-8")
        .doesNotContain("java.io.tmpdir");
  }

  @Test
  void helpNeedsNeitherSparkNorABuild() throws Exception {
    Map<String, String> environment = Map.of("SPARK_HOME", "/proc/none");
    Checkout.Outcome help = checkout.run(environment, "--help");
    assertThat(help.code()).as(help.err()).isZero();
    assertThat(help.out()).contains("Usage: smartbert", "quantize");
    Checkout.Outcome command = checkout.run(environment, "score", "--help");
    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.out()).contains("--entropy-threshold");
    assertThat(checkout.run(environment, "--version").out()).startsWith("SmartBERT on Spark");
    Checkout.Outcome nothing = checkout.run(environment);
    assertThat(nothing.code()).isEqualTo(2);
    assertThat(nothing.err()).contains("Usage: smartbert");

    Checkout unbuilt = Checkout.in(folder.resolve("unbuilt"));
    Files.delete(unbuilt.root().resolve("jobs/target/smartbert-jobs.jar"));
    Checkout.Outcome told = unbuilt.run(Map.of(), "--help");
    assertThat(told.code()).isZero();
    assertThat(told.err())
        .contains(
            "demo, sample, backbone, train, convert, quantize, calibrate, score", "not built yet");
    assertThat(unbuilt.run(Map.of()).code()).isEqualTo(2);
  }

  private static List<String> submitted(String... arguments) throws Exception {
    Checkout.Outcome outcome = checkout.run(Map.of("SPARK_HOME", home.toString()), arguments);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return outcome.out().lines().toList();
  }

  private static String value(List<String> submitted, String key) {
    List<String> values = submitted.stream().filter(p -> p.startsWith(key + "=")).toList();
    return values.get(values.size() - 1).substring(key.length() + 1);
  }

  private static List<String> jars(List<String> submitted) {
    assertThat(submitted).containsOnlyOnce("--jars");
    return Arrays.asList(submitted.get(submitted.indexOf("--jars") + 1).split(",", -1));
  }

  private static void assertMistake(
      String part, Map<String, String> environment, String... arguments) throws Exception {
    Checkout.Outcome outcome = checkout.run(environment, arguments);
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.err()).startsWith("smartbert: ").contains(part).hasLineCount(1);
    assertThat(outcome.out()).isEmpty();
  }
}
