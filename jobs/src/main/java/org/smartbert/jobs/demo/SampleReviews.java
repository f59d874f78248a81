package org.smartbert.jobs.demo;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.smartbert.model.InvalidInputException;

/**
 * Makes short labelled reviews of graded difficulty, so that a model has rows where it can exit
 * early and rows that need all layers. The same seed gives the same rows, and no text occurs twice.
 */
public final class SampleReviews {
  private static final int MOST = 20_000;

  private final Random random;

  private SampleReviews(long seed) {
    this.random = new Random(seed);
  }

  /** {@code count} distinct reviews, at most 20,000. */
  public static List<Review> generate(long seed, int count) {
    if (count < 1 || count > MOST) {
      throw new InvalidInputException(
          "%d reviews were asked for; the generator makes 1 to %d.", count, MOST);
    }
    SampleReviews generator = new SampleReviews(seed);
    Set<String> texts = new HashSet<>();
    List<Review> reviews = new ArrayList<>(count);
    while (reviews.size() < count) {
      Difficulty difficulty = generator.difficulty();
      boolean positive = generator.random.nextBoolean();
      String text = generator.text(difficulty, positive);
      if (texts.add(text)) {
        reviews.add(
            new Review(reviews.size(), text, positive ? "positive" : "negative", difficulty));
      }
    }
    return reviews;
  }

  private Difficulty difficulty() {
    double at = random.nextDouble();
    for (Difficulty difficulty : Difficulty.values()) {
      at -= difficulty.share();
      if (at < 0) {
        return difficulty;
      }
    }
    return Difficulty.MIXED;
  }

  private String text(Difficulty difficulty, boolean positive) {
    Lexicon.Thing thing = any(Lexicon.THINGS);
    return switch (difficulty) {
      case PLAIN -> plain(thing, positive);
      case NEGATED -> negated(thing, positive);
      case CONTRASTED -> contrasted(thing, positive);
      case HEDGED -> hedged(thing, positive);
      case MIXED -> mixed(thing, positive);
    };
  }

  private String plain(Lexicon.Thing thing, boolean positive) {
    String aspect = any(thing.aspects());
    String word = word(positive);
    return switch (random.nextInt(5)) {
      case 0 -> "The " + aspect + " was " + degree() + " " + word + ".";
      case 1 -> "We " + verdictVerb(positive) + " the " + thing.name() + " " + when() + ".";
      case 2 -> "A " + degree() + " " + word + " " + thing.name() + ", and the " + aspect + " too.";
      case 3 -> "The " + thing.name() + " " + when() + " was " + word + ".";
      default -> "The " + aspect + " of the " + thing.name() + " was " + word + ", as ever.";
    };
  }

  private String negated(Lexicon.Thing thing, boolean positive) {
    String aspect = any(thing.aspects());
    String denied = word(!positive);
    return switch (random.nextInt(5)) {
      case 0 -> "The " + aspect + " was not " + denied + " at all.";
      case 1 -> "Nobody could call the " + aspect + " of this " + thing.name() + " " + denied + ".";
      case 2 -> "There was nothing " + denied + " about the " + aspect + " " + when() + ".";
      case 3 -> "The " + thing.name() + " was never " + denied + ", not even " + when() + ".";
      default -> "I would not say that the " + aspect + " was " + denied + ".";
    };
  }

  private String contrasted(Lexicon.Thing thing, boolean positive) {
    String first = any(thing.aspects());
    String against = word(!positive);
    String decides = word(positive);
    return switch (random.nextInt(4)) {
      case 0 ->
          "The "
              + first
              + " was "
              + against
              + ", but the "
              + thing.name()
              + " as a whole was "
              + decides
              + ".";
      case 1 ->
          "Although the "
              + first
              + " was "
              + against
              + ", the "
              + thing.name()
              + " was "
              + decides
              + " in the end.";
      case 2 ->
          "The "
              + thing.name()
              + " was "
              + degree()
              + " "
              + decides
              + ", even if the "
              + first
              + " was "
              + against
              + ".";
      default ->
          "Despite a " + against + " " + first + " it was a " + decides + " " + thing.name() + ".";
    };
  }

  private String hedged(Lexicon.Thing thing, boolean positive) {
    String expected = word(!positive);
    String found = word(positive);
    String aspect = any(thing.aspects());
    return switch (random.nextInt(4)) {
      case 0 ->
          "I expected the "
              + thing.name()
              + " to be "
              + expected
              + ", and it turned out to be "
              + found
              + ".";
      case 1 -> "My friends called the " + aspect + " " + expected + "; I found it " + found + ".";
      case 2 ->
          "It could have been "
              + expected
              + ", given the "
              + aspect
              + ", yet the "
              + thing.name()
              + " was "
              + found
              + ".";
      default ->
          positive
              ? "I wanted to find the " + aspect + " " + expected + " " + when() + " and could not."
              : "I wanted to call the "
                  + aspect
                  + " "
                  + expected
                  + " "
                  + when()
                  + " and could not.";
    };
  }

  private String mixed(Lexicon.Thing thing, boolean positive) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 3; i++) {
      text.append("The ")
          .append(any(thing.aspects()))
          .append(" was ")
          .append(word(random.nextBoolean()))
          .append(i < 2 ? ", " : ". ");
    }
    String verdict =
        positive
            ? List.of(
                    "All in all I would come back.",
                    "In sum I recommend it.",
                    "Still, I would choose it again.",
                    "On balance it was worth the money.")
                .get(random.nextInt(4))
            : List.of(
                    "All in all I would not come back.",
                    "In sum I cannot recommend it.",
                    "Still, I would not choose it again.",
                    "On balance it was not worth the money.")
                .get(random.nextInt(4));
    return text.append(verdict).toString();
  }

  private String word(boolean good) {
    return any(good ? Lexicon.GOOD : Lexicon.BAD);
  }

  private String verdictVerb(boolean positive) {
    return any(positive ? Lexicon.LIKED : Lexicon.DISLIKED);
  }

  private String degree() {
    return any(Lexicon.DEGREES);
  }

  private String when() {
    return any(Lexicon.WHEN);
  }

  private <T> T any(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
