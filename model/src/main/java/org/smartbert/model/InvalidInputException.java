package org.smartbert.model;

import com.google.errorprone.annotations.FormatMethod;
import java.util.Locale;

/**
 * The user's input is wrong: a file, an option, a column, a value. The message is one sentence that
 * says what is wrong, where (path, tensor, column, row, key) and what would be right. Commands
 * print it without a stack trace and end with exit code 2.
 */
public class InvalidInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @FormatMethod
  public InvalidInputException(String format, Object... arguments) {
    super(arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments));
  }

  @FormatMethod
  public InvalidInputException(Throwable cause, String format, Object... arguments) {
    super(arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments), cause);
  }
}
