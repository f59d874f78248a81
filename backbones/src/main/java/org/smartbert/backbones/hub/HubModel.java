package org.smartbert.backbones.hub;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Quoted;

/**
 * A model of a Hugging Face hub.
 *
 * @param repository {@code ORG/NAME}, or {@code NAME} for the oldest ones
 * @param revision a branch, a tag or a commit
 */
public record HubModel(String repository, String revision) {
  /** What a location of the hub begins with. */
  public static final String SCHEME = "hf:";

  private static final Pattern NAME =
      Pattern.compile("((?:[A-Za-z0-9][\\w.-]*/)?[A-Za-z0-9][\\w.-]*)(?:@([\\w./-]+))?");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  /**
   * Reads {@code hf:ORG/NAME[@REVISION]}; the revision is {@code main} where none is given.
   *
   * @throws InvalidInputException for anything else
   */
  public static HubModel parse(String location) {
    Matcher parts = NAME.matcher(location.substring(SCHEME.length()));
    if (!location.startsWith(SCHEME) || !parts.matches() || location.contains("..")) {
      throw new InvalidInputException(
          "%s is no model of the hub; give hf:ORG/NAME or hf:ORG/NAME@REVISION.",
          Quoted.of(location));
    }
    return new HubModel(parts.group(1), Optional.ofNullable(parts.group(2)).orElse("main"));
  }

  boolean namesCommit() {
    return COMMIT.matcher(revision).matches();
  }

  /** The name of its folder. */
  String folder() {
    return repository.replace("/", "--");
  }

  @Override
  public String toString() {
    return SCHEME + repository + "@" + revision;
  }
}
