package org.smartbert.model.text;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Quoted;

/**
 * A BERT tokenizer: everything that determines the ids of a text, and nothing else.
 *
 * @param file the file that it was read from
 * @param added the added tokens, in the order of the file
 */
record TokenizerSpec(
    Path file, WordPieceModel model, Normalization normalization, List<AddedToken> added) {

  /**
   * The WordPiece model.
   *
   * @param vocabulary word pieces to ids; ids may have gaps
   * @param unknown the token for a word that the vocabulary cannot represent
   * @param continuation the prefix of a piece inside a word
   * @param maxWordCharacters maximum length of a normalised word; a longer one is unknown
   */
  record WordPieceModel(
      Map<String, Integer> vocabulary,
      String unknown,
      String continuation,
      int maxWordCharacters) {}

  static final String CLS = "[CLS]";
  static final String SEP = "[SEP]";
  static final String UNK = "[UNK]";

  TokenizerSpec {
    requireDistinct(file, model.vocabulary());
    requireDistinct(file, model.vocabulary(), added);
  }

  /** Two tokens of one id would be one token for the network. */
  private static void requireDistinct(Path file, Map<String, Integer> vocabulary) {
    Map<Integer, String> byId = new HashMap<>();
    vocabulary.forEach(
        (token, id) -> {
          String other = byId.put(id, token);
          if (other != null) {
            throw new InvalidInputException(
                "The tokens %s and %s of %s both have the id %d; each needs its own.",
                Quoted.of(other), Quoted.of(token), file, id);
          }
        });
  }

  private static void requireDistinct(
      Path file, Map<String, Integer> vocabulary, List<AddedToken> added) {
    Map<Integer, String> taken = new HashMap<>();
    vocabulary.forEach((token, id) -> taken.put(id, token));
    Set<String> contents = new HashSet<>();
    for (AddedToken token : added) {
      String shown = Quoted.of(token.content());
      if (!contents.add(token.content())) {
        throw new InvalidInputException(
            "The added token %s appears twice in %s; remove one.", shown, file);
      }
      Integer own = vocabulary.get(token.content());
      if (own != null && own != token.id()) {
        throw new InvalidInputException(
            "The added token %s of %s has the id %d, and %d in the vocabulary; make them equal.",
            shown, file, token.id(), own);
      }
      String other = taken.put(token.id(), token.content());
      if (other != null && !other.equals(token.content())) {
        throw new InvalidInputException(
            "The tokens %s and %s of %s both have the id %d; each needs its own.",
            Quoted.of(other), shown, file, token.id());
      }
    }
  }

  /** Refuses a token that the network has no embedding for: its id would read something else. */
  TokenizerSpec requireFits(int embeddingRows) {
    model.vocabulary().forEach((token, id) -> requireFits(token, id, embeddingRows));
    added.forEach(token -> requireFits(token.content(), token.id(), embeddingRows));
    return this;
  }

  private void requireFits(String token, int id, int embeddingRows) {
    if (id >= embeddingRows) {
      throw new InvalidInputException(
          "The token %s of %s has the id %d, and the model's embedding has %d rows (vocab_size);"
              + " use the vocabulary that belongs to the weights.",
          Quoted.of(token), file, id, embeddingRows);
    }
  }

  /** The id of a token that must be there. */
  int id(String token) {
    Integer id = model.vocabulary().get(token);
    if (id != null) {
      return id;
    }
    return added.stream()
        .filter(t -> t.content().equals(token))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "The vocabulary %s lacks the token %s; use the vocabulary of a BERT model.",
                    file, token))
        .id();
  }
}
