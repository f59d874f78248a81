package org.smartbert.model.text;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads a text as token ids, no further than wanted. A text is cut where BERT's normaliser and
 * pre-tokeniser look at no more than what stands between the cuts, at spaces first, so the library
 * need see each word once only. Safe for many threads.
 */
final class WordPieces {
  /** Entries at most; of a language's words the frequent ones come early. */
  private static final int MOST_ENTRIES = 200_000;

  /** Characters of a part that is remembered; a longer one is cut inside. */
  private static final int LONGEST_PART = 64;

  private final LibraryTokenizer library;
  private final AddedTokens added;
  private final NormalizedTokens normalized;
  private final CharacterKinds kinds;
  private final int unknown;
  private final int longestWord;
  private final Map<String, int[]> known = new ConcurrentHashMap<>();

  WordPieces(TokenizerSpec spec, LibraryTokenizer library) {
    this.library = library;
    this.added = new AddedTokens(spec.added());
    this.normalized = new NormalizedTokens(spec.added());
    this.kinds = new CharacterKinds(spec.normalization(), normalized);
    this.unknown = spec.id(spec.unknown());
    this.longestWord = spec.longestWord();
  }

  /**
   * The first ids of a text.
   *
   * @return the text's ids, or at least {@code wanted} of them where it has more
   */
  TokenIds read(String text, int wanted) {
    TokenIds ids = new TokenIds();
    int from = 0;
    while (from < text.length() && ids.size() < wanted) {
      Optional<AddedTokens.Match> match = added.next(text, from);
      readBetweenTokens(text, from, match.map(AddedTokens.Match::start).orElse(text.length()), ids, wanted);
      match.ifPresent(m -> ids.add(m.id()));
      from = match.map(AddedTokens.Match::end).orElse(text.length());
    }
    return ids;
  }

  private void readBetweenTokens(String text, int from, int end, TokenIds ids, int wanted) {
    int at = from;
    while (at < end && ids.size() < wanted) {
      int stop = at;
      while (stop < end && !(text.charAt(stop) == ' ' && normalized.cutsAtSpace(text, stop))) {
        stop++;
      }
      if (stop - at > LONGEST_PART) {
        readLong(text, at, stop, ids, wanted);
      } else if (stop > at) {
        ids.addAll(pieces(text.substring(at, stop)));
      }
      at = stop + 1;
    }
  }

  /** Cuts at white space and around each character that is a word of its own. */
  private void readLong(String text, int from, int end, TokenIds ids, int wanted) {
    int start = from;
    int at = from;
    while (at < end && ids.size() < wanted) {
      int c = text.codePointAt(at);
      int next = at + Character.charCount(c);
      CharacterKinds.Kind kind = kinds.of(c);
      if (kind == CharacterKinds.Kind.SPACE || kind == CharacterKinds.Kind.ALONE) {
        readUncut(text, start, at, ids);
        if (kind == CharacterKinds.Kind.ALONE) {
          ids.addAll(pieces(text.substring(at, next)));
        }
        start = next;
      }
      at = next;
    }
    if (ids.size() < wanted) {
      readUncut(text, start, end, ids);
    }
  }

  /** A part without a cut: of a word that is too long, no more is read than shows it. */
  private void readUncut(String text, int from, int end, TokenIds ids) {
    if (end - from <= LONGEST_PART) {
      if (end > from) {
        ids.addAll(pieces(text.substring(from, end)));
      }
      return;
    }
    StringBuilder kept = new StringBuilder();
    int characters = 0;
    boolean oneWord = !normalized.any();
    for (int at = from; at < end; ) {
      int c = text.codePointAt(at);
      CharacterKinds.Kind kind = kinds.of(c);
      boolean excess = oneWord && characters > longestWord;
      if (kind == CharacterKinds.Kind.WORD) {
        characters++;
      } else if (kind != CharacterKinds.Kind.REMOVED) {
        oneWord = false;
      }
      if (kind != CharacterKinds.Kind.REMOVED && !excess) {
        kept.appendCodePoint(c);
      }
      at += Character.charCount(c);
    }
    if (oneWord && characters > longestWord) {
      ids.add(unknown);
    } else if (!kept.isEmpty()) {
      ids.addAll(pieces(kept.toString()));
    }
  }

  private int[] pieces(String part) {
    int[] pieces = known.get(part);
    if (pieces == null) {
      pieces = library.encode(part);
      if (part.length() <= LONGEST_PART && known.size() < MOST_ENTRIES) {
        known.put(part, pieces);
      }
    }
    return pieces;
  }
}
