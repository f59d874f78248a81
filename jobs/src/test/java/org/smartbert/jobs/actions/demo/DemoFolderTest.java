package org.smartbert.jobs.actions.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.InvalidInputException;

class DemoFolderTest {
  @TempDir private Path folder;

  @Test
  void anEarlierDemoIsRemovedWhole() throws IOException {
    DemoFolder demo = new DemoFolder(folder.resolve("demo"));
    demo.clear();
    Files.createDirectories(demo.model().resolve("deep/deeper"));
    Files.writeString(demo.model().resolve("deep/deeper/config.json"), "{}");
    demo.clear();
    assertThat(demo.model()).doesNotExist();
    demo.clear();
    assertThat(demo.path()).isDirectory();
  }

  @Test
  void anEmptyFolderIsTakenAndAnotherOnesIsNot() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    new DemoFolder(empty).clear();
    Path mine = Files.createDirectory(folder.resolve("mine"));
    Files.writeString(mine.resolve("thesis.txt"), "years of work");
    assertThatThrownBy(() -> new DemoFolder(mine).clear())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(mine.toString(), "--folder");
    assertThat(mine.resolve("thesis.txt")).hasContent("years of work");
  }
}
