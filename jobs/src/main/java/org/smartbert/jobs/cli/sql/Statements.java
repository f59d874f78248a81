package org.smartbert.jobs.cli.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.Token;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;
import org.apache.spark.sql.catalyst.parser.UpperCaseCharStream;

/**
 * Splits SQL text at its semicolons, as Spark's own lexer reads it: those in strings, quoted names,
 * comments and BEGIN ... END blocks end no statement.
 */
public final class Statements {
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  /** What END may close besides BEGIN and CASE, which are counted. */
  private static final Set<Integer> CLOSED_BY_NAME =
      Set.of(
          SqlBaseLexer.IF,
          SqlBaseLexer.WHILE,
          SqlBaseLexer.LOOP,
          SqlBaseLexer.REPEAT,
          SqlBaseLexer.FOR);

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

  /** Splits a text. Statements keep the comments within them, because hints are comments. */
  public static Split split(String text) {
    String sql = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    SqlBaseLexer lexer = new SqlBaseLexer(new UpperCaseCharStream(CharStreams.fromString(sql)));
    // What is no SQL is Spark's parser's to report.
    lexer.removeErrorListeners();
    List<String> complete = new ArrayList<>();
    List<Token> statement = new ArrayList<>();
    int depth = 0;
    Token comment = null;
    for (Token token : lexer.getAllTokens()) {
      if (token.getChannel() != Token.DEFAULT_CHANNEL) {
        comment = token;
        continue;
      }
      if (opensQuote(token)) {
        // The text behind a quote that is not closed belongs to it.
        Token first = statement.isEmpty() ? token : statement.get(0);
        return new Split(complete, textOf(sql, first.getStartIndex(), codePoints(sql)).strip());
      }
      if (token.getType() == SqlBaseLexer.SEMICOLON && depth <= 0) {
        if (!statement.isEmpty()) {
          complete.add(textOf(sql, statement));
          statement.clear();
        }
        depth = 0;
        continue;
      }
      depth += depthChange(statement, token);
      statement.add(token);
    }
    if (lexer.has_unclosed_bracketed_comment) {
      Token first = statement.isEmpty() ? comment : statement.get(0);
      int from = first == null ? 0 : first.getStartIndex();
      return new Split(complete, textOf(sql, from, codePoints(sql)).strip());
    }
    return new Split(complete, statement.isEmpty() ? "" : textOf(sql, statement));
  }

  private static boolean opensQuote(Token token) {
    return token.getType() == SqlBaseLexer.UNRECOGNIZED && token.getText().matches("['\"`]");
  }

  /** How many more blocks are open behind a token of a statement that begins with BEGIN. */
  private static int depthChange(List<Token> before, Token token) {
    int last = before.isEmpty() ? Token.INVALID_TYPE : before.get(before.size() - 1).getType();
    if (!isScript(before)) {
      return before.isEmpty() && token.getType() == SqlBaseLexer.BEGIN ? 1 : 0;
    }
    if (last == SqlBaseLexer.END && CLOSED_BY_NAME.contains(token.getType())) {
      // END IF closes an IF, which was not counted; END alone was taken for a block's.
      return 1;
    }
    return switch (token.getType()) {
      case SqlBaseLexer.BEGIN -> 1;
      case SqlBaseLexer.CASE -> last == SqlBaseLexer.END ? 0 : 1;
      case SqlBaseLexer.END -> -1;
      default -> 0;
    };
  }

  /** Whether a statement is a SQL script. */
  private static boolean isScript(List<Token> tokens) {
    return !tokens.isEmpty() && tokens.get(0).getType() == SqlBaseLexer.BEGIN;
  }

  private static String textOf(String sql, List<Token> tokens) {
    return textOf(
        sql, tokens.get(0).getStartIndex(), tokens.get(tokens.size() - 1).getStopIndex() + 1);
  }

  /** The lexer counts code points. */
  private static String textOf(String sql, int from, int to) {
    return sql.substring(sql.offsetByCodePoints(0, from), sql.offsetByCodePoints(0, to));
  }

  private static int codePoints(String sql) {
    return sql.codePointCount(0, sql.length());
  }
}
