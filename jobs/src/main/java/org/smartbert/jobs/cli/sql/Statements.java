package org.smartbert.jobs.cli.sql;

import java.util.ArrayList;
import java.util.List;

/** Cuts SQL text at its semicolons, but for those in quotes and comments. */
public final class Statements {
  private Statements() {}

  /**
   * What a text holds.
   *
   * @param complete statements that a semicolon ended, without it; empty ones left out
   * @param rest what follows the last semicolon; blank if nothing but comments does
   */
  public record Split(List<String> complete, String rest) {
    /** All statements, the last one whether it is ended or not. */
    public List<String> all() {
      List<String> all = new ArrayList<>(complete);
      if (!rest.isBlank()) {
        all.add(rest);
      }
      return all;
    }
  }

  /** Cuts a text. */
  public static Split split(String text) {
    List<String> complete = new ArrayList<>();
    StringBuilder statement = new StringBuilder();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      int end = i + 1;
      if (text.startsWith("--", i)) {
        end = endOf(text, "\n", i);
      } else if (text.startsWith("/*", i)) {
        end = endOf(text, "*/", i + 2);
        // Hints are no comments.
        if (text.startsWith("/*+", i)) {
          statement.append(text, i, end);
        }
      } else if (c == '\'' || c == '"' || c == '`') {
        end = endOfQuote(text, i);
        statement.append(text, i, end);
      } else if (c == ';') {
        if (!statement.toString().isBlank()) {
          complete.add(statement.toString().strip());
        }
        statement.setLength(0);
      } else {
        statement.append(c);
      }
      i = end;
    }
    return new Split(complete, statement.toString().strip());
  }

  private static int endOf(String text, String mark, int from) {
    int at = text.indexOf(mark, from);
    return at < 0 ? text.length() : at + mark.length();
  }

  private static int endOfQuote(String text, int start) {
    char quote = text.charAt(start);
    for (int i = start + 1; i < text.length(); i++) {
      if (text.charAt(i) == '\\' && quote != '`') {
        i++;
      } else if (text.charAt(i) == quote) {
        return i + 1;
      }
    }
    return text.length();
  }
}
