package org.smartbert.jobs.actions.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.actions.evaluation.Floor;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.ProgressDisplay;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.training.TrainingSettings;

/**
 * A checkpoint is resumed only by the command that wrote it, on the rows that it was trained on.
 */
class TrainingIdentityTest {
  @TempDir Path folder;
  private String csv;

  @BeforeEach
  void writeInput() throws IOException {
    csv = write("rows.csv");
  }

  private String write(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, "title,body,label,other\na,b,x,y\n");
    return file.toString();
  }

  @Test
  void whateverChangesTheRowsIsPartOfTheRequest() throws IOException {
    TextInput title = TextInput.of(InputTable.at(csv), "title");
    Map<String, TrainRequest.Rows> requests = new LinkedHashMap<>();
    requests.put("title", rows(title, "label"));
    requests.put("another text", rows(TextInput.of(title.table(), "body"), "label"));
    requests.put("another label", rows(title, "other"));
    requests.put(
        "a pair", rows(new TextInput(title.table(), "title", Optional.of("body")), "label"));
    requests.put("an option", rows(options(Map.of("sep", ";")), "label"));
    requests.put("another format", rows(format(InputTable.Format.TSV), "label"));
    requests.put(
        "another input", rows(TextInput.of(InputTable.at(write("b.csv")), "title"), "label"));
    requests.put(
        "another share",
        new TrainRequest.Rows(title, "label", new TrainRequest.Validation.Share(0.2)));
    requests.put(
        "a validation table",
        new TrainRequest.Rows(
            title, "label", new TrainRequest.Validation.Table(write("validation.csv"))));
    Map<String, String> seen = new LinkedHashMap<>();
    requests.forEach(
        (name, rows) ->
            assertThat(seen.put(identity(rows).request(), name)).as("equal to %s", name).isNull());
    // The same input by another name is the same request.
    Path relative = Path.of("").toAbsolutePath().relativize(Path.of(csv));
    TextInput renamed =
        TextInput.of(new InputTable(relative.toString(), InputTable.Format.CSV, Map.of()), "title");
    assertThat(seen).containsKey(identity(rows(renamed, "label")).request());
  }

  @Test
  void aWordCountIsNoPartOfARun() {
    TrainRequest.Rows rows = rows(TextInput.of(InputTable.at(csv), "title"), "label");
    assertThat(identity(rows.with(Floor.OFF))).isEqualTo(identity(rows.with(Floor.ON)));
  }

  @Test
  void versionsOfTheTablesArePartOfTheIdentityOfCheckpoints() throws IOException {
    String table = folder.resolve("table").toString();
    String validation = folder.resolve("validation").toString();
    append(table);
    append(validation);
    TrainRequest.Rows rows =
        new TrainRequest.Rows(
            TextInput.of(InputTable.at(table), "title"),
            "label",
            new TrainRequest.Validation.Table(validation));
    String before = digest(rows);
    assertThat(digest(rows)).isEqualTo(before);
    append(validation);
    String grownValidation = digest(rows);
    assertThat(grownValidation).isNotEqualTo(before);
    append(table);
    assertThat(digest(rows)).isNotEqualTo(grownValidation).isNotEqualTo(before);
    assertThat(identity(rows).request()).isEqualTo(identity(rows).request());
  }

  private String digest(TrainRequest.Rows rows) {
    JobContext context =
        new JobContext(
            TestSpark.local(), folder.resolve("tables").toString(), ProgressDisplay.NONE);
    TrainingIdentity identity = identity(rows);
    return identity.of(
        TrainingInputs.open(context, identity), List.of("x", "y"), 1, TrainingSettings.defaults());
  }

  private static void append(String table) {
    TestSpark.local()
        .createDataFrame(
            List.of(RowFactory.create("a", "x")),
            org.apache.spark.sql.types.StructType.fromDDL("title STRING, label STRING"))
        .write()
        .format("delta")
        .mode("append")
        .save(table);
  }

  private TextInput options(Map<String, String> options) {
    return TextInput.of(new InputTable(csv, InputTable.Format.AUTO, options), "title");
  }

  private TextInput format(InputTable.Format format) {
    return TextInput.of(new InputTable(csv, format, Map.of()), "title");
  }

  private static TrainRequest.Rows rows(TextInput input, String label) {
    return TrainRequest.Rows.of(input, label);
  }

  private TrainingIdentity identity(TrainRequest.Rows rows) {
    TrainRequest.Model model =
        TrainRequest.Model.of(
            folder.resolve("backbone").toString(), folder.resolve("model").toString());
    return TrainingIdentity.of(TrainRequest.of(rows, model), "digest", 128, TestSpark.local());
  }
}
