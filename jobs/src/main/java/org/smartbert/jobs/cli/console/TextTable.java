package org.smartbert.jobs.cli.console;

import java.util.ArrayList;
import java.util.List;

/** Aligned columns of text, numbers to the right. */
public final class TextTable {
  private final List<List<String>> lines = new ArrayList<>();

  public TextTable(String... header) {
    lines.add(List.of(header));
  }

  public TextTable row(String... cells) {
    lines.add(List.of(cells));
    return this;
  }

  @Override
  public String toString() {
    int columns = lines.get(0).size();
    int[] width = new int[columns];
    for (List<String> line : lines) {
      for (int c = 0; c < columns; c++) {
        width[c] = Math.max(width[c], line.get(c).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      StringBuilder row = new StringBuilder(" ");
      for (int c = 0; c < columns; c++) {
        String cell = line.get(c);
        String space = " ".repeat(width[c] - cell.length());
        boolean bar = cell.startsWith("#") || (c == columns - 1 && !cell.matches("[-0-9].*"));
        row.append(' ').append(bar ? cell + space : space + cell);
      }
      text.append(row.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
