package org.smartbert.backbones;

/**
 * A jar in a Maven repository.
 *
 * @param sha256 of the jar, in hexadecimal
 * @param megabytes of the jar, rounded up
 */
public record MavenJar(
    String group, String artifact, String version, String sha256, int megabytes) {
  /** {@code group:artifact:version}. */
  public String coordinates() {
    return group + ":" + artifact + ":" + version;
  }

  String fileName() {
    return artifact + "-" + version + ".jar";
  }

  /** The jar's folder in a Maven repository. */
  String folder() {
    return group.replace('.', '/') + "/" + artifact + "/" + version;
  }
}
