package org.smartbert.model.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.FailedRunException;

class NativeLibrariesTest {
  /** Not even root can make folders there. */
  private static final Path CANNOT_BE_MADE = Path.of("/proc/none/djl");

  @TempDir private Path temporary;

  @Test
  void aFolderThatCanBeWrittenIsUsed() {
    Path wanted = temporary.resolve("new/djl");
    assertThat(NativeLibraries.instead(wanted, temporary)).isEmpty();
    assertThat(wanted).isDirectory();
  }

  @Test
  void inPlaceOfOneThatCannotTheUserGetsAPrivateOne() throws IOException {
    Path folder = NativeLibraries.instead(CANNOT_BE_MADE, temporary).orElseThrow();
    Path parent = folder.getParent();
    assertThat(parent.getFileName().toString())
        .isEqualTo("smartbert-" + Files.getAttribute(temporary, "unix:uid"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(parent)))
        .isEqualTo("rwx------");
    assertThat(NativeLibraries.instead(CANNOT_BE_MADE, temporary)).contains(folder);
  }

  @Test
  void librariesAreNotLoadedFromAFolderThatAnotherMayHaveMade() throws IOException {
    Path parent = NativeLibraries.instead(CANNOT_BE_MADE, temporary).orElseThrow().getParent();
    Files.move(parent, temporary.resolve("moved"));
    Files.createSymbolicLink(parent, temporary.resolve("moved"));
    assertThatThrownBy(() -> NativeLibraries.instead(CANNOT_BE_MADE, temporary))
        .isInstanceOf(FailedRunException.class)
        .hasMessageContaining("DJL_CACHE_DIR is /proc/none/djl, which cannot be written");
  }
}
