package org.smartbert.jobs;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * A built checkout somewhere else, whose bin/smartbert runs the classes under test: the launcher
 * and conf are copied, Spark's home is this build's.
 */
public final class Checkout {
  private static final int MINUTES = 5;
  private static final String CLASSES = "classes";

  /** Beginnings of the names of jars that spark-submit gets through --jars. */
  private static final List<String> OURS =
      List.of(
          "smartbert",
          "api-",
          "pytorch",
          "tokenizers",
          "jna",
          "picocli",
          "config-",
          "jline",
          "jmustache",
          "chart.js",
          "commons-csv");

  private final Path root;

  private Checkout(Path root) {
    this.root = root;
  }

  /** Made in a folder, which may have any name. */
  public static Checkout in(Path root) throws IOException {
    Path source = Path.of("..").toAbsolutePath().normalize();
    copy(source.resolve("bin"), root.resolve("bin"));
    copy(source.resolve("conf"), root.resolve("conf"));
    // What the launcher compares with the jar's time.
    for (String module : List.of("home", "model", "backbones", "udfs", "jobs")) {
      Files.createDirectories(root.resolve(module).resolve("src/main"));
      Files.createFile(root.resolve(module).resolve("pom.xml"));
    }
    Files.createFile(root.resolve("pom.xml"));
    Files.createDirectories(root.resolve("home/target"));
    Files.createSymbolicLink(
        root.resolve("home/target/spark-home"),
        Path.of(System.getProperty("smartbert.spark.home")));
    Path lib = Files.createDirectories(root.resolve("jobs/target/lib"));
    Path driverOnly = Files.createDirectories(root.resolve("backbones/target/lib"));
    for (String part : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path place = Path.of(part).toAbsolutePath();
      if (place.endsWith(Path.of("jobs/target").resolve(CLASSES))) {
        jar(place, root.resolve("jobs/target/smartbert-jobs.jar"));
      } else if (Files.isDirectory(place) && place.endsWith(CLASSES)) {
        String module = place.getParent().getParent().getFileName().toString();
        jar(place, (module.equals("backbones") ? driverOnly : lib).resolve(module + ".jar"));
      } else if (Files.isRegularFile(place) && isOurs(place)) {
        Files.createSymbolicLink(lib.resolve(place.getFileName()), place);
      }
    }
    return new Checkout(root);
  }

  /** Whether spark-submit gets it through --jars: Spark's home does not have it. */
  private static boolean isOurs(Path jar) {
    String name = jar.getFileName().toString();
    return !name.endsWith("tests.jar")
        && !Files.exists(Path.of(System.getProperty("smartbert.spark.home"), "jars", name))
        && OURS.stream().anyMatch(name::startsWith);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path copy = Files.copy(file, to.resolve(file.getFileName()));
        if (Files.isExecutable(file) && !copy.toFile().setExecutable(true)) {
          throw new IOException(copy + " cannot be made executable");
        }
      }
    }
  }

  private static void jar(Path classes, Path jar) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes, FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, entries);
        entries.closeEntry();
      }
    }
  }

  public Path root() {
    return root;
  }

  /** What a run printed and its exit code. */
  public record Outcome(int code, String out, String err) {}

  /**
   * Runs bin/smartbert.
   *
   * @param environment on top of PATH, JAVA_HOME and a HOME; an empty value takes a name away
   */
  public Outcome run(Map<String, String> environment, String... arguments) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(root.resolve("bin/smartbert").toString());
    builder.command().addAll(Arrays.asList(arguments));
    Path out = Files.createTempFile(root, "out", ".txt");
    Path err = Files.createTempFile(root, "err", ".txt");
    builder.directory(root.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
    Map<String, String> all = builder.environment();
    all.keySet().retainAll(List.of("PATH", "HOME"));
    all.put("JAVA_HOME", System.getProperty("java.home"));
    environment.forEach(
        (name, value) -> {
          if (value.isEmpty()) {
            all.remove(name);
          } else {
            all.put(name, value);
          }
        });
    Process process = builder.start();
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("The command did not end: " + Files.readString(err));
    }
    return new Outcome(process.exitValue(), read(out), read(err));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
