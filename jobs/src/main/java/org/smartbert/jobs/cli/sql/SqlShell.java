package org.smartbert.jobs.cli.sql;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.smartbert.jobs.actions.run.CancellableJobs;

/** Runs SQL statements on a session and prints what they give. */
public final class SqlShell {
  private final SparkSession spark;
  private final ResultFormat format;
  private final int rows;
  private final PrintWriter out;

  /**
   * A shell.
   *
   * @param rows most rows of a table
   */
  public SqlShell(SparkSession spark, ResultFormat format, int rows, PrintWriter out) {
    this.spark = spark;
    this.format = format;
    this.rows = rows;
    this.out = out;
  }

  /** Runs the statements of a text; the first that fails ends it. */
  public void run(String text) {
    for (String statement : Statements.split(text).all()) {
      execute(statement);
      out.flush();
    }
  }

  /**
   * Runs statements as they arrive: each once a semicolon ends it, the last one at the end of the
   * text. So a program can ask again and again in one session. The first that fails ends it.
   */
  public void run(BufferedReader statements) throws IOException {
    StringBuilder text = new StringBuilder();
    int done = 0;
    for (String line = statements.readLine(); line != null; line = statements.readLine()) {
      text.append(line).append('\n');
      if (line.indexOf(';') < 0) {
        continue;
      }
      Statements.Split split = Statements.split(text.toString());
      for (String statement : split.complete().subList(done, split.complete().size())) {
        execute(statement);
        out.flush();
        done++;
      }
      if (split.rest().isBlank()) {
        text.setLength(0);
        done = 0;
      }
    }
    for (String statement : Statements.split(text.toString()).all().stream().skip(done).toList()) {
      execute(statement);
      out.flush();
    }
  }

  private long execute(String statement) {
    return CancellableJobs.during(spark.sparkContext(), "smartbert sql", () -> print(statement));
  }

  private long print(String statement) {
    Dataset<Row> result = spark.sql(statement);
    return result.columns().length == 0 ? 0 : format.print(result, rows, out);
  }

  /**
   * Reads statements from the terminal until quit, exit or the end of input. Ctrl-C cancels what
   * runs.
   *
   * @param history file of earlier statements
   * @param errors one sentence for what went wrong
   */
  public void interact(Path history, Function<Exception, String> errors) throws IOException {
    try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
      LineReader reader =
          LineReaderBuilder.builder()
              .terminal(terminal)
              .appName("smartbert")
              .parser(new UntilSemicolon())
              .variable(LineReader.HISTORY_FILE, history)
              .variable(LineReader.SECONDARY_PROMPT_PATTERN, "         > ")
              .build();
      terminal.handle(Terminal.Signal.INT, signal -> spark.sparkContext().cancelAllJobs());
      PrintWriter screen = terminal.writer();
      while (true) {
        try {
          String text = reader.readLine("smartbert> ");
          if (text.strip().matches("(?i)(quit|exit)\\s*;?")) {
            return;
          }
          answer(text, screen, errors);
        } catch (UserInterruptException e) {
          // The line is dropped, as shells do.
          screen.flush();
        } catch (EndOfFileException e) {
          return;
        }
      }
    }
  }

  private void answer(String text, PrintWriter screen, Function<Exception, String> errors) {
    for (String statement : Statements.split(text).all()) {
      long started = System.nanoTime();
      try {
        long printed = new SqlShell(spark, format, rows, screen).execute(statement);
        screen.printf(
            Locale.ROOT, "(%d rows, %.1f s)%n", printed, (System.nanoTime() - started) / 1e9);
      } catch (Exception e) {
        screen.println(errors.apply(e));
      }
      screen.flush();
    }
  }

  /** Lines belong together until a semicolon ends the statement. */
  private static final class UntilSemicolon extends DefaultParser {
    @Override
    public org.jline.reader.ParsedLine parse(String line, int cursor, Parser.ParseContext context) {
      boolean ended =
          Statements.split(line).rest().isBlank() || line.strip().matches("(?i)quit|exit");
      if (context == Parser.ParseContext.ACCEPT_LINE && !ended) {
        throw new EOFError(-1, cursor, "A semicolon ends a statement");
      }
      setEofOnUnclosedQuote(false);
      return super.parse(line, cursor, context);
    }
  }
}
