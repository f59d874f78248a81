package org.smartbert.jobs.actions.backbones;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.smartbert.backbones.MavenJar;
import org.smartbert.backbones.MavenJars;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.jobs.samples.JarCoordinates;

/**
 * Downloads jars that are no backbones by the same Maven, and verifies them alike.
 *
 * @param maven its command
 */
public record JarDownload(List<String> maven) {
  /** The Maven on the user's path. */
  public static final JarDownload OF_USER = new JarDownload(List.of("mvn"));

  /**
   * Copies a jar to a folder.
   *
   * @return the jar's path
   * @throws org.smartbert.model.FailedRunException if Maven cannot get it
   * @throws org.smartbert.model.InvalidInputException if it is another jar than its SHA-256 names,
   *     or this driver lacks the classes that download
   */
  public Path copy(JarCoordinates jar, Path folder, Progress progress) throws IOException {
    DriverJars.require();
    MavenJar named =
        new MavenJar(jar.group(), jar.artifact(), jar.version(), jar.sha256(), jar.megabytes());
    return new MavenJars(maven)
        .copy(named, folder, (text, done, total) -> progress.show(done, total, text));
  }
}
