package org.smartbert.jobs.io.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.execution.datasources.CodecStreams;

/**
 * The objects of a JSON file that is read whole: those of its arrays and those that stand one after
 * the other, each as a record of one field. Spark's own reader takes the first value of a file and
 * says nothing of those behind it. Where a file is broken, nothing behind that place is read.
 */
final class JsonValues implements Records {
  private final String path;
  private final JsonFactory json = new JsonFactory();
  private final JsonParser parser;
  private boolean broken;

  JsonValues(String path, Dialect dialect, Configuration hadoop) {
    this.path = path;
    try {
      Reader reader =
          new BufferedReader(
              new InputStreamReader(
                  CodecStreams.createInputStream(hadoop, new Path(path)),
                  dialect
                      .charset()
                      .newDecoder()
                      .onMalformedInput(CodingErrorAction.REPORT)
                      .onUnmappableCharacter(CodingErrorAction.REPORT)));
      skipByteOrderMark(reader);
      parser = json.createParser(reader);
    } catch (IOException e) {
      throw Lines.unreadable(path, e);
    }
  }

  private static void skipByteOrderMark(Reader reader) throws IOException {
    reader.mark(1);
    if (reader.read() != '\ufeff') {
      reader.reset();
    }
  }

  @Override
  public TextRecord next(int columns) {
    if (broken) {
      return null;
    }
    long line = 1;
    try {
      JsonToken token = parser.nextToken();
      while (token == JsonToken.END_ARRAY
          || (token == JsonToken.START_ARRAY
              && !parser.getParsingContext().getParent().inArray())) {
        token = parser.nextToken();
      }
      if (token == null) {
        return null;
      }
      line = parser.currentTokenLocation().getLineNr();
      if (token != JsonToken.START_OBJECT) {
        parser.skipChildren();
        return TextRecord.malformed(line, Flaw.JSON, "a value that is not an object");
      }
      StringWriter object = new StringWriter();
      try (JsonGenerator generator = json.createGenerator(object)) {
        generator.copyCurrentStructure(parser);
      }
      return TextRecord.of(line, new String[] {object.toString()});
    } catch (CharacterCodingException e) {
      return broken(line, Flaw.ENCODING);
    } catch (JsonParseException e) {
      return broken(line, Flaw.BROKEN_JSON);
    } catch (IOException e) {
      throw Lines.unreadable(path, e);
    }
  }

  private TextRecord broken(long line, Flaw flaw) {
    broken = true;
    return TextRecord.malformed(line, flaw, "the file from here on");
  }

  @Override
  public void close() {
    try {
      parser.close();
    } catch (IOException e) {
      throw Lines.unreadable(path, e);
    }
  }
}
