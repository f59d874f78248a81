package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Every command's help can be formatted: picocli prints a text with a stray percent sign as it is,
 * after a warning of its own.
 */
class HelpTest {
  @Test
  void everyTextIsAFormatThatPicocliCanFill() {
    Deque<CommandSpec> open = new ArrayDeque<>();
    open.add(new CommandLine(new Main()).getCommandSpec());
    int commands = 0;
    while (!open.isEmpty()) {
      CommandSpec command = open.remove();
      command.subcommands().values().forEach(c -> open.add(c.getCommandSpec()));
      commands++;
      assertFormats(command.qualifiedName(), command.usageMessage().description());
      assertFormats(command.qualifiedName(), command.usageMessage().footer());
      for (ArgSpec argument : command.args()) {
        assertFormats(command.qualifiedName() + " " + argument, argument.description());
      }
    }
    assertThat(commands).isGreaterThan(12);
  }

  private static void assertFormats(String of, String[] texts) {
    for (String text : texts) {
      assertThatCode(() -> String.format(Locale.ROOT, text)).as(of).doesNotThrowAnyException();
    }
  }
}
