package org.smartbert.jobs.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkUserAppException;
import org.smartbert.jobs.cli.options.GlobalOptions;
import org.smartbert.jobs.cli.settings.Settings;
import org.smartbert.model.InvalidInputException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ScopeType;

/** What spark-submit starts. Exit codes: 0 done, 1 a failed run, 2 wrong usage or input. */
@Command(
    name = "smartbert",
    versionProvider = Main.Version.class,
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    description = "Text classification on Spark with layer skipping and early exit.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      SampleCommand.class,
      BackboneCommand.class,
      TrainCommand.class,
      ConvertCommand.class,
      QuantizeCommand.class,
      CalibrateCommand.class,
      ScoreCommand.class,
      PlanCommand.class,
      EvaluateCommand.class,
      ShowCommand.class,
      ViewsCommand.class,
      ReportCommand.class,
      SqlCommand.class,
    },
    footerHeading = "%nSettings:%n",
    footer = {
      "Options can also be set as spark.smartbert.COMMAND.OPTION in Spark's configuration or as",
      "COMMAND.OPTION in a HOCON file given by --config. The command line takes precedence over",
      "Spark's configuration, then the file, then the default.",
      "",
      "Run smartbert COMMAND --help for the options of a command.",
    })
public final class Main {
  @Mixin(name = GlobalOptions.MIXIN)
  private final GlobalOptions global = new GlobalOptions();

  public static void main(String[] arguments) throws SparkUserAppException {
    // Whatever the JVM was told by its locale: what is read and written here is UTF-8.
    System.setOut(utf8(FileDescriptor.out));
    System.setErr(utf8(FileDescriptor.err));
    Termination termination = Termination.install();
    int code = run(arguments);
    termination.commandEnded();
    DriverExit.end(code, new SparkConf());
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  private static PrintWriter utf8(OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  /** The version of the jar that is run. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {
        "SmartBERT on Spark " + (version == null ? "(classes without a jar)" : version)
      };
    }
  }

  /** Runs one command and returns the process's exit code. */
  public static int run(String... arguments) {
    Main main = new Main();
    CommandLine line = new CommandLine(main);
    line.setOut(utf8(System.out));
    line.setErr(utf8(System.err));
    line.setUsageHelpWidth(100);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((e, given) -> UserErrors.report(e, line.getErr()));
    line.setExecutionExceptionHandler(
        (e, at, result) -> UserErrors.report(e, at, main.global.debug()));
    try {
      CommandLineEncoding.requireReadable();
      line.setDefaultValueProvider(Settings.of(line, new SparkConf(), configFile(arguments)));
    } catch (InvalidInputException e) {
      line.getErr().println("smartbert: " + e.getMessage());
      return UserErrors.WRONG_INPUT;
    }
    if (arguments.length == 0) {
      line.usage(line.getErr());
      return UserErrors.WRONG_INPUT;
    }
    try {
      return line.execute(arguments);
    } catch (VirtualMachineError | LinkageError e) {
      // picocli passes on exceptions only; out of memory and a missing library are reported
      // too.
      return UserErrors.report(e, line, main.global.debug());
    }
  }

  /** The settings file must be known before the options that it gives defaults for. */
  private static String configFile(String[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].startsWith("--config=")) {
        return arguments[i].substring("--config=".length());
      }
      if (arguments[i].equals("--config") && i + 1 < arguments.length) {
        return arguments[i + 1];
      }
    }
    return null;
  }
}
