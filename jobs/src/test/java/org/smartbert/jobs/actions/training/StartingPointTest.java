package org.smartbert.jobs.actions.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.training.Purpose;

/** Training from a classifier's directory starts from its head too, where that fits. */
class StartingPointTest {
  private static final BertConfig BERT =
      TinyModels.config(3, 16, 2)
          .withMechanism(Method.BERT.mechanism())
          .withLabels(List.of("neg", "pos"));

  @TempDir private Path folder;

  @Test
  void aPooledHeadIsWhereDeeBertStarts() {
    Path directory = TinyModels.write(folder.resolve("bert"), BERT, 1);
    StartingPoint start = start(directory, Method.DEEBERT);
    Map<String, HostTensor> weights = start.weights(List.of("neg", "pos"));
    assertThat(weights.keySet())
        .containsExactlyInAnyOrderElementsOf(
            new CheckpointNames(BERT)
                .model().stream().map(CheckpointNames.TensorSpec::name).toList());
    Map<String, HostTensor> files = ModelDirectory.openModel(directory).weights();
    weights.forEach(
        (name, tensor) -> assertThat(tensor.values()).isEqualTo(files.get(name).values()));
    assertThat(start.note(List.of("neg", "pos")))
        .contains("Training starts from the encoder and the classifier of " + directory + ".");
  }

  @Test
  void classesFollowTheirLabels() {
    Path directory = TinyModels.write(folder.resolve("bert"), BERT, 1);
    Map<String, HostTensor> files = ModelDirectory.openModel(directory).weights();
    Map<String, HostTensor> turned = start(directory, Method.BERT).weights(List.of("pos", "neg"));
    HostTensor before = files.get("classifiers.2.output.weight");
    HostTensor after = turned.get("classifiers.2.output.weight");
    for (int column = 0; column < 16; column++) {
      assertThat(after.values().get(column)).isEqualTo(before.values().get(16 + column));
      assertThat(after.values().get(16 + column)).isEqualTo(before.values().get(column));
    }
    assertThat(turned.get("classifiers.2.output.bias").values().get(0))
        .isEqualTo(files.get("classifiers.2.output.bias").values().get(1));
    assertThat(turned.get("classifiers.2.dense.weight").values())
        .isEqualTo(files.get("classifiers.2.dense.weight").values());
  }

  @Test
  void aHeadThatDoesNotFitIsLeftAndThatIsTold() {
    Path directory = TinyModels.write(folder.resolve("bert"), BERT, 1);
    assertEncoderAlone(
        start(directory, Method.SMARTBERT),
        List.of("neg", "pos"),
        "its classifier is not used: it is of the kind pooler, and that of smartbert is of the"
            + " kind attention.");
    assertEncoderAlone(
        start(directory, Method.DEEBERT),
        List.of("bad", "good"),
        "its classifier is not used: it knows the labels neg, pos, and the rows hold bad, good.");
  }

  @Test
  void aHeadThatCannotBeReadIsLeftAndThatIsTold() throws IOException {
    Path directory = TinyModels.write(folder.resolve("bert"), BERT, 1);
    Path config = directory.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replaceFirst("\\{", "{\"problem_type\": \"multi_label_classification\","));
    assertEncoderAlone(
        start(directory, Method.BERT),
        List.of("neg", "pos"),
        "has the problem_type multi_label_classification; only single_label");
  }

  @Test
  void nothingIsToldOfAnEncoderWithoutAHead() throws IOException {
    Path directory = TinyModels.write(folder.resolve("encoder"), BERT, 1);
    Path config = directory.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config).replaceAll("\"(id2label|label2id)\": \\{[^}]*\\}", "\"$1\": {}"));
    StartingPoint start = start(directory, Method.BERT);
    assertThat(start.note(List.of("neg", "pos"))).isEmpty();
    assertThat(start.weights(List.of("neg", "pos")).keySet())
        .allMatch(name -> name.startsWith("bert."));
  }

  private static void assertEncoderAlone(
      StartingPoint start, List<String> labels, String sentence) {
    assertThat(start.weights(labels).keySet()).allMatch(name -> name.startsWith("bert."));
    assertThat(start.note(labels))
        .hasValueSatisfying(
            note ->
                assertThat(note)
                    .startsWith("Training starts from the encoder of ")
                    .contains(sentence));
  }

  private static StartingPoint start(Path directory, Method method) {
    return StartingPoint.of(directory, Purpose.FINE_TUNING, method.mechanism());
  }
}
