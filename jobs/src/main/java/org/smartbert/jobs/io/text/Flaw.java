package org.smartbert.jobs.io.text;

/** What makes a record malformed, and what may help. */
enum Flaw {
  TOO_FEW("fewer fields than the header", ""),
  TOO_MANY("more fields than the header", "quote fields that hold the delimiter"),
  OPEN_QUOTE(
      "a quote that is not closed",
      "give --csv-multiline on where texts hold line ends, --csv-quote none where quotes are"
          + " letters"),
  AFTER_QUOTE(
      "text after a closing quote",
      "give --csv-escape '\\' where quotes are escaped by a backslash, --csv-quote none where"
          + " quotes are letters"),
  BEFORE_QUOTE("blanks before a quote", "give --csv-quote none where quotes are letters"),
  CARRIAGE_RETURN(
      "a carriage return within a line", "give --csv-line-end lf where it belongs to the text"),
  NUL("a NUL character", ""),
  ENCODING(
      "bytes that are invalid in the encoding",
      "give --encoding, for example windows-1252, where the file is not UTF-8"),
  JSON("no JSON object", "give --option multiLine=true where an object spans lines"),
  DUPLICATE_KEY("a JSON object with a key twice", ""),
  HALF_CHARACTER("half of a surrogate pair", ""),
  BROKEN_JSON("broken JSON", "nothing after it can be read");

  private final String reason;
  private final String hint;

  Flaw(String reason, String hint) {
    this.reason = reason;
    this.hint = hint;
  }

  String reason() {
    return reason;
  }

  /** May be empty. */
  String hint() {
    return hint;
  }
}
