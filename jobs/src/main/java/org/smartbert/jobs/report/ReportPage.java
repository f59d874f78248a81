package org.smartbert.jobs.report;

import com.google.gson.Gson;
import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Sections as one HTML file that needs nothing else: style, data and Chart.js are inline. */
final class ReportPage {
  private static final String CHART_JS =
      "/META-INF/resources/webjars/chart.js/%s/dist/chart.umd.js";

  /** Names the version, which the path holds. */
  private static final String CHART_JS_VERSION =
      "/META-INF/maven/org.webjars.npm/chart.js/pom.properties";

  private ReportPage() {}

  static String of(
      String title, String summary, List<Section> sections, Map<String, String> facts) {
    Map<String, Object> page = new HashMap<>();
    page.put("title", title);
    page.put("summary", summary);
    page.put("sections", sections.stream().map(ReportPage::section).toList());
    page.put(
        "facts",
        facts.entrySet().stream()
            .map(fact -> Map.of("name", fact.getKey(), "value", fact.getValue()))
            .toList());
    page.put(
        "library",
        resource(CHART_JS.formatted(chartJsVersion())).replace("</script", "<\\/script"));
    page.put("script", resource("report.js"));
    return Mustache.compiler()
        .nullValue("")
        .compile(resource("report.html.mustache"))
        .execute(page);
  }

  private static String chartJsVersion() {
    try {
      Properties properties = new Properties();
      properties.load(new StringReader(resource(CHART_JS_VERSION)));
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Object> section(Section section) {
    Map<String, Object> values = new HashMap<>();
    values.put("id", section.id());
    values.put("title", section.title());
    values.put("note", section.note());
    // Gson writes < as an escape, so that no text can end the script element.
    values.put("chart", section.chart() == null ? false : new Gson().toJson(section.chart()));
    values.put("folded", section.chart() != null);
    values.put("columns", section.columns());
    values.put(
        "rows",
        section.rows().stream()
            .map(row -> Map.of("cells", row.stream().map(ReportPage::cell).toList()))
            .toList());
    return values;
  }

  private static Map<String, Object> cell(Section.Cell cell) {
    Map<String, Object> values = new HashMap<>();
    values.put("text", cell.text());
    values.put("number", cell.number());
    values.put("shade", cell.shade() == null ? false : cell.shade());
    return values;
  }

  private static String resource(String name) {
    try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " could not be read", e);
    }
  }
}
