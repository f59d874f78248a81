package org.smartbert.bench.paper;

import java.io.PrintWriter;
import java.util.List;

/** A table in Markdown. */
record MarkdownTable(PrintWriter out) {
  void header(List<String> cells) {
    row(cells);
    out.println("|" + "---|".repeat(cells.size()));
  }

  void row(List<String> cells) {
    out.println("| " + String.join(" | ", cells) + " |");
  }
}
