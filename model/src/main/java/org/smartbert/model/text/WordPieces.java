package org.smartbert.model.text;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers the word pieces of the parts of texts. BERT's normaliser and pre-tokeniser look at no
 * more than the text between two boundaries, spaces first, so the library need tokenize a word once
 * only. Safe for many threads.
 */
final class WordPieces {
  /** Entries at most; frequent words come early. */
  private static final int MAX_ENTRIES = 200_000;

  /** Characters of a part that is remembered; a longer one is cut inside. */
  static final int LONGEST_PART = 64;

  private final LibraryTokenizer library;
  private final AddedTokens added;
  private final NormalizedTokens normalized;
  private final CharacterKinds kinds;
  private final int unknown;
  private final int maxWordCharacters;
  private final Map<String, int[]> known = new ConcurrentHashMap<>();

  WordPieces(TokenizerSpec spec, LibraryTokenizer library) {
    this.library = library;
    this.added = new AddedTokens(spec.added());
    this.normalized = new NormalizedTokens(spec.added());
    this.kinds = new CharacterKinds(spec.normalization(), normalized);
    this.unknown = spec.id(spec.model().unknown());
    this.maxWordCharacters = spec.model().maxWordCharacters();
  }

  /**
   * The first ids of a text; reads no further than those need.
   *
   * @return the text's ids, or at least {@code wanted} of them where it has more
   */
  TokenIds read(String text, int wanted) {
    TextReader reader = new TextReader(text, this, wanted);
    reader.read();
    return reader.ids();
  }

  AddedTokens added() {
    return added;
  }

  NormalizedTokens normalized() {
    return normalized;
  }

  CharacterKinds kinds() {
    return kinds;
  }

  /** Adds the ids of a part of a text that holds no cut. */
  void read(String text, int from, int end, TokenIds ids) {
    if (end - from > LONGEST_PART) {
      readLong(text, from, end, ids);
    } else if (end > from) {
      ids.addAll(pieces(text.substring(from, end)));
    }
  }

  /** Nothing is kept of a word that is too long for the model; of others, what matters. */
  private void readLong(String text, int from, int end, TokenIds ids) {
    StringBuilder kept = new StringBuilder();
    int characters = 0;
    boolean oneWord = !normalized.any();
    int at = from;
    while (at < end) {
      int c = text.codePointAt(at);
      CharacterKinds.Kind kind = kinds.of(c);
      if (kind != CharacterKinds.Kind.REMOVED) {
        oneWord &= kind == CharacterKinds.Kind.WORD;
        characters++;
        // One character too many makes the word too long, whatever else it holds.
        if (!oneWord || characters <= maxWordCharacters + 1) {
          kept.appendCodePoint(c);
        }
      }
      at += Character.charCount(c);
    }
    if (oneWord && characters > maxWordCharacters) {
      ids.add(unknown);
    } else if (!kept.isEmpty()) {
      ids.addAll(pieces(kept.toString()));
    }
  }

  private int[] pieces(String part) {
    int[] pieces = known.get(part);
    if (pieces == null) {
      pieces = library.encode(part);
      if (part.length() <= LONGEST_PART && known.size() < MAX_ENTRIES) {
        known.put(part, pieces);
      }
    }
    return pieces;
  }
}
