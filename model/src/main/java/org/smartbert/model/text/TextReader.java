package org.smartbert.model.text;

/**
 * One reading of one text, from its beginning to the last id that is wanted. It is cut at spaces
 * and at added tokens, and where none of them come also at other white space and around characters
 * that are words of their own.
 */
final class TextReader {
  private final String text;
  private final WordPieces words;
  private final AddedTokens added;
  private final NormalizedTokens normalized;
  private final int wanted;
  private final TokenIds ids = new TokenIds();

  /** Where the part begins that is not read yet. */
  private int start;

  /** Whether that part is so long that it is cut inside. */
  private boolean cutsInside;

  TextReader(String text, WordPieces words, int wanted) {
    this.text = text;
    this.words = words;
    this.added = words.added();
    this.normalized = words.normalized();
    this.wanted = wanted;
  }

  TokenIds ids() {
    return ids;
  }

  void read() {
    int at = 0;
    int hidden = 0;
    while (at < text.length() && ids.size() < wanted) {
      char c = text.charAt(at);
      if (c == ' ' && normalized.cutsAtSpace(text, at)) {
        cut(at, ++at);
        continue;
      }
      AddedToken token = at >= hidden && added.mayBegin(c) ? added.at(text, at) : null;
      if (token != null) {
        int end = at + token.content().length();
        if (AddedTokens.counts(token, text, at)) {
          cut(at, end);
          if (ids.size() < wanted) {
            ids.add(token.id());
          }
          at = end;
          continue;
        }
        hidden = end;
      }
      if (cutsInside) {
        at = cutAround(at);
      } else if (at - start >= WordPieces.LONGEST_PART) {
        cutsInside = true;
        cutInside(at);
      } else {
        at++;
      }
    }
    if (ids.size() < wanted) {
      words.read(text, start, text.length(), ids);
    }
  }

  /** Reads the part that ends here; the next one begins after the cut. */
  private void cut(int end, int next) {
    words.read(text, start, end, ids);
    start = next;
    cutsInside = false;
  }

  /** Makes the cuts before a position that were left out while the part was short. */
  private void cutInside(int end) {
    int at = start;
    while (at < end && ids.size() < wanted) {
      at = cutAround(at);
    }
  }

  /** Cuts around one character if it separates others; returns the position after it. */
  private int cutAround(int at) {
    int c = text.codePointAt(at);
    int next = at + Character.charCount(c);
    switch (words.kinds().of(c)) {
      case SPACE -> {
        words.read(text, start, at, ids);
        start = next;
      }
      case ALONE -> {
        words.read(text, start, at, ids);
        words.read(text, at, next, ids);
        start = next;
      }
      default -> {
        // Belongs to the adjacent characters.
      }
    }
    return next;
  }
}
