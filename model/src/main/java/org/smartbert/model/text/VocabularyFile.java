package org.smartbert.model.text;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smartbert.model.InvalidInputException;

/**
 * vocab.txt: one token a line, its id the line's number from 0. Lines end with LF, CR or CRLF, as
 * Python's readers have it; a byte order mark is no part of the first token. Of equal lines the
 * last counts, as in Hugging Face's BertTokenizer, and the ids of the others are never used.
 */
final class VocabularyFile {
  /** The special tokens that BertTokenizer finds in texts. */
  static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

  private VocabularyFile() {}

  static TokenizerSpec read(Path file, Normalization normalization) {
    Map<String, Integer> ids = ids(file);
    List<AddedToken> special =
        SPECIAL.stream()
            .filter(ids::containsKey)
            .map(token -> AddedToken.special(ids.get(token), token))
            .toList();
    TokenizerSpec spec =
        new TokenizerSpec(
            file,
            new TokenizerSpec.WordPieceModel(ids, TokenizerSpec.UNK, "##", 100),
            normalization,
            special);
    for (String token : List.of(TokenizerSpec.UNK, TokenizerSpec.CLS, TokenizerSpec.SEP)) {
      spec.id(token);
    }
    return spec;
  }

  private static Map<String, Integer> ids(Path file) {
    byte[] bytes = ModelFile.bytes(file);
    Map<String, Integer> ids = new LinkedHashMap<>();
    int line = 0;
    for (int from = 0; from < bytes.length; line++) {
      int to = from;
      while (to < bytes.length && bytes[to] != '\n' && bytes[to] != '\r') {
        to++;
      }
      int number = line + 1;
      String token =
          ModelFile.decoded(bytes, from, to)
              .orElseThrow(
                  () ->
                      new InvalidInputException(
                          "Line %d of %s is not UTF-8; save the file again with that encoding.",
                          number, file));
      ids.put(token, line);
      boolean both = to + 1 < bytes.length && bytes[to] == '\r' && bytes[to + 1] == '\n';
      from = to + (both ? 2 : 1);
    }
    return ids;
  }
}
