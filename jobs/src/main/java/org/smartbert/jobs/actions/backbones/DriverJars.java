package org.smartbert.jobs.actions.backbones;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.util.MutableURLClassLoader;
import org.smartbert.model.InvalidInputException;

/**
 * Jars that the driver needs and executors do not: {@code --jars} would send them to every one.
 * spark-submit loads an application by a class loader that takes more jars while it runs.
 */
final class DriverJars {
  /** A folder of jars, in Spark's configuration. */
  static final String FOLDER = "spark.smartbert.driver.jars";

  private static final String CATALOGUE = "org.smartbert.backbones.Catalogue";

  private DriverJars() {}

  /**
   * Makes the importers' classes known, once for a JVM.
   *
   * @throws InvalidInputException if they are nowhere
   */
  static synchronized void require() {
    if (present()) {
      return;
    }
    String folder = new SparkConf().get(FOLDER, "");
    if (!folder.isEmpty()
        && DriverJars.class.getClassLoader() instanceof MutableURLClassLoader loader) {
      jars(Path.of(folder)).forEach(jar -> add(loader, jar));
    }
    if (!present()) {
      throw new InvalidInputException(
          "This driver does not have the jars that download and convert backbones; start it by"
              + " bin/smartbert in client mode, or set %s to the folder of them.",
          FOLDER);
    }
  }

  private static boolean present() {
    try {
      Class.forName(CATALOGUE, false, DriverJars.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static List<Path> jars(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw new InvalidInputException(e, "The folder %s of %s cannot be read.", folder, FOLDER);
    }
  }

  private static void add(MutableURLClassLoader loader, Path jar) {
    try {
      loader.addURL(jar.toUri().toURL());
    } catch (MalformedURLException e) {
      throw new UncheckedIOException("The path " + jar + " is no URL", e);
    }
  }
}
