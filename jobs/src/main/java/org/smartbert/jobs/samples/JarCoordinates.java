package org.smartbert.jobs.samples;

/**
 * A jar of Maven Central.
 *
 * @param sha256 of the jar, in hexadecimal
 * @param megabytes of the jar, rounded up
 */
public record JarCoordinates(
    String group, String artifact, String version, String sha256, int megabytes) {
  @Override
  public String toString() {
    return group + ":" + artifact + ":" + version;
  }
}
