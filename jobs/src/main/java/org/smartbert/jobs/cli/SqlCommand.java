package org.smartbert.jobs.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.jline.terminal.spi.SystemStream;
import org.jline.terminal.spi.TerminalProvider;
import org.smartbert.jobs.cli.options.PrefixOption;
import org.smartbert.jobs.cli.sql.ResultFormat;
import org.smartbert.jobs.cli.sql.SqlShell;
import org.smartbert.jobs.history.AnalysisViews;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.model.InvalidInputException;
import org.smartbert.udfs.SessionModel;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** SQL with Delta, the functions, the views and a catalog. */
@Command(
    name = "sql",
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
      "Runs SQL interactively, from -e, from -f or from standard input, with Delta tables, the"
          + " functions smartbert(text) and smartbert_score(...), and a catalog in the folder"
          + " --warehouse"
          + " that concurrent sessions can share (default for this command: smartbert-warehouse).",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  smartbert sql --predictions tables/reviews_scored -e 'SELECT * FROM exit_histogram'",
      "  smartbert sql --model models/reviews -e \"SELECT smartbert('what a film').prediction\"",
    })
final class SqlCommand implements Callable<Integer> {
  private static final Path DEFAULT_WAREHOUSE = Path.of("smartbert-warehouse");

  private static final class Source {
    @Option(
        names = {"-e", "--execute"},
        paramLabel = "SQL",
        description = "Statements, separated by semicolons.")
    private String text;

    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        description = "File with SQL statements.")
    private Path file;
  }

  @ArgGroup private Source source;

  @Option(
      names = "--format",
      defaultValue = "table",
      paramLabel = "table|csv|csv_safe|json",
      description =
          "How rows are printed; csv_safe is csv with an apostrophe before texts that a spreadsheet"
              + " would run as a formula (default: ${DEFAULT-VALUE}).")
  private ResultFormat format;

  @Option(
      names = "--rows",
      defaultValue = "1000",
      paramLabel = "N",
      description = "Maximum rows of a printed table (default: ${DEFAULT-VALUE}).")
  private int rows;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Model of the functions; in SQL: SET spark.smartbert.sql.model = DIR.")
  private String model;

  @Option(
      names = "--entropy-threshold",
      paramLabel = "ENTROPY",
      description =
          "Entropy threshold of the functions, as for score (default: that of a calibrated model,"
              + " else 0.3).")
  private Float entropyThreshold;

  @Option(
      names = "--gates",
      paramLabel = "on|off",
      description = "Whether the functions may skip layers (default: on).")
  private String gates;

  @Option(
      names = "--precision",
      paramLabel = "fp32|bf16|int8",
      description = "Precision of the functions (default: fp32).")
  private String precision;

  @Option(
      names = "--device",
      paramLabel = "auto|cpu|gpu",
      description = "Device of the functions, as for score (default: auto).")
  private String device;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description =
          "Maximum tokens per text (default: 128 or the model's limit, whichever is" + " smaller).")
  private Integer maxTokens;

  @Option(
      names = "--predictions",
      paramLabel = "PATH|TABLE",
      description = "Creates the analysis views over this predictions table for the session.")
  private String predictions;

  @Option(
      names = "--label-column",
      paramLabel = "COLUMN",
      description = "Column with the true label, for the view accuracy_by_cost.")
  private String labelColumn;

  @Mixin private PrefixOption prefix;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (rows < 1) {
      throw new InvalidInputException("--rows is %d; it must be 1 or more.", rows);
    }
    String text = text();
    SparkSession spark = Sessions.open(spec, DEFAULT_WAREHOUSE);
    set(spark, "model", model == null ? null : TableLocation.absolute(model, spark));
    set(spark, "entropy_threshold", entropyThreshold);
    set(spark, "gates", gates);
    set(spark, "precision", precision);
    set(spark, "device", device);
    set(spark, "max_tokens", maxTokens);
    PrintWriter out = spec.commandLine().getOut();
    List<AnalysisViews.View> views = List.of();
    if (predictions != null) {
      views =
          new AnalysisViews(
                  TableLocation.parse(predictions, spark),
                  null,
                  labelColumn,
                  prefix.text(),
                  AnalysisViews.Life.SESSION)
              .create(spark);
    }
    SqlShell shell = new SqlShell(spark, format, rows, out);
    if (text != null) {
      shell.run(text);
    } else if (!TerminalProvider.load("exec").isSystemStream(SystemStream.Input)) {
      shell.run(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
    } else {
      out.println("Statements end with ; and quit exits. Functions: smartbert, smartbert_score.");
      views.forEach(view -> out.printf("  %-26s %s%n", view.name(), view.comment()));
      out.flush();
      Path history = Path.of(System.getProperty("user.home"), ".smartbert_history");
      shell.interact(history, UserErrors::sentence);
    }
    return 0;
  }

  private String text() throws IOException {
    if (source == null) {
      return null;
    }
    if (source.text != null) {
      return source.text;
    }
    if (!Files.isRegularFile(source.file)) {
      throw new InvalidInputException(
          "The file %s does not exist; give -f an existing file with SQL statements.", source.file);
    }
    try {
      return Files.readString(source.file, StandardCharsets.UTF_8);
    } catch (CharacterCodingException e) {
      throw new InvalidInputException(
          e, "The file %s is not UTF-8; save it as UTF-8.", source.file);
    }
  }

  private static void set(SparkSession spark, String name, Object value) {
    if (value != null) {
      spark.conf().set(SessionModel.PREFIX + name, value.toString());
    }
  }
}
