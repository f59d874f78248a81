package org.smartbert.jobs.samples;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Quoted;

/**
 * The example sentences of a rule file of LanguageTool (rules.xsd): {@code category}, {@code
 * rulegroup} or {@code rule}, {@code example}. An example with a {@code correction} or of the type
 * {@code incorrect} is wrong, one of the type {@code triggers_error} is right and its rule errs,
 * the others are right.
 */
final class RuleFile {
  private static final String CORRECT = "correct";
  private static final String INCORRECT = "incorrect";

  private final String name;
  private final List<Example> examples = new ArrayList<>();
  private final StringBuilder notice = new StringBuilder();
  private int falseAlarms;
  private int empty;

  /** The group's id where the rule is in one, else the rule's. */
  private String group;

  private String rule;

  /** Examples of the rule or group so far, which number them. */
  private int ofRule;

  private RuleFile(String name) {
    this.name = name;
  }

  /**
   * Reads a file.
   *
   * @param name for messages
   * @throws InvalidInputException for what is no XML, or an example outside of a rule with an id
   */
  static RuleFile read(InputStream in, String name) {
    RuleFile file = new RuleFile(name);
    try {
      file.parse(factory().createXMLStreamReader(in));
      return file;
    } catch (XMLStreamException e) {
      throw new InvalidInputException(
          e,
          "%s is no rule file of LanguageTool (line %d: %s); get the jar again.",
          name,
          e.getLocation() == null ? -1 : e.getLocation().getLineNumber(),
          Quoted.of(e.getMessage()));
    }
  }

  /** The JDK's own, whatever the class path holds; it opens no other file. */
  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    // The rules use their entities more often than the JDK's limit of 64,000. The file is one whose
    // digest is known.
    factory.setProperty("jdk.xml.entityExpansionLimit", "0");
    factory.setProperty("jdk.xml.totalEntitySizeLimit", "0");
    return factory;
  }

  private void parse(XMLStreamReader xml) throws XMLStreamException {
    boolean inRules = false;
    while (xml.hasNext()) {
      switch (xml.next()) {
        case XMLStreamConstants.COMMENT -> {
          if (!inRules && xml.getText().contains("Copyright")) {
            notice.append(xml.getText().strip().replaceAll("(?m)^ +", "")).append('\n');
          }
        }
        case XMLStreamConstants.START_ELEMENT -> {
          inRules = true;
          start(xml);
        }
        case XMLStreamConstants.END_ELEMENT -> end(xml.getLocalName());
        default -> {
          // Patterns, messages and blanks between elements are not used.
        }
      }
    }
  }

  private void start(XMLStreamReader xml) throws XMLStreamException {
    switch (xml.getLocalName()) {
      case "rulegroup" -> {
        group = xml.getAttributeValue(null, "id");
        ofRule = 0;
      }
      case "rule" -> {
        rule = group == null ? xml.getAttributeValue(null, "id") : group;
        ofRule = group == null ? 0 : ofRule;
      }
      case "example" -> example(xml);
      default -> {
        // As above.
      }
    }
  }

  private void end(String element) {
    switch (element) {
      case "rulegroup" -> group = null;
      case "rule" -> rule = null;
      default -> {
        // As above.
      }
    }
  }

  private void example(XMLStreamReader xml) throws XMLStreamException {
    int line = xml.getLocation().getLineNumber();
    String type = xml.getAttributeValue(null, "type");
    boolean corrected = xml.getAttributeValue(null, "correction") != null;
    String id = rule == null ? group : rule;
    if (id == null) {
      throw new InvalidInputException(
          "The example in line %d of %s belongs to no rule that has an id.", line, name);
    }
    String text = text(xml);
    ofRule++;
    if ("triggers_error".equals(type)) {
      falseAlarms++;
    } else if (text.isEmpty()) {
      empty++;
    } else {
      boolean wrong = corrected || INCORRECT.equals(type);
      examples.add(new Example(id + "/" + ofRule, text, wrong ? INCORRECT : CORRECT, id, id));
    }
  }

  /** The text up to the end of the example, without its marks, with single blanks. */
  private static String text(XMLStreamReader xml) throws XMLStreamException {
    StringBuilder text = new StringBuilder();
    int depth = 1;
    while (depth > 0) {
      switch (xml.next()) {
        case XMLStreamConstants.START_ELEMENT -> depth++;
        case XMLStreamConstants.END_ELEMENT -> depth--;
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
            text.append(xml.getText());
        default -> {
          // Comments are no text.
        }
      }
    }
    return text.toString().strip().replaceAll("\\s+", " ");
  }

  List<Example> examples() {
    return examples;
  }

  /** Examples of the type {@code triggers_error}. */
  int falseAlarms() {
    return falseAlarms;
  }

  int empty() {
    return empty;
  }

  /** The comment with the copyright before the rules. */
  String notice() {
    return notice.toString().strip();
  }
}
