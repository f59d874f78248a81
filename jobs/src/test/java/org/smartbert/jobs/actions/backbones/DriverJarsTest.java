package org.smartbert.jobs.actions.backbones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.util.MutableURLClassLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.backbones.Catalogue;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.model.InvalidInputException;

/** A driver has the importers only where it is told their folder, and needs them for names only. */
class DriverJarsTest {
  private static final String NAME = "bge-small-en-v1.5";
  private static final String IMPORTERS = "org.smartbert.backbones.";

  @TempDir private Path folder;

  private final List<String> notes = new ArrayList<>();
  private final JobContext context =
      new JobContext(TestSpark.local(), "tables", name -> new Notes(notes));

  private record Notes(List<String> lines) implements Progress {
    @Override
    public void show(long done, long total, String detail) {
      // Nothing is downloaded here.
    }

    @Override
    public void note(String line) {
      lines.add(line);
    }

    @Override
    public void close() {
      // Owns nothing.
    }
  }

  /** As spark-submit's, without the importers, which are on this test's class path. */
  private static final class DriverLoader extends MutableURLClassLoader {
    private static final String ACTION = Backbones.class.getPackageName() + ".";

    DriverLoader() {
      super(new URL[] {location(Backbones.class)}, Backbones.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith(ACTION) || name.startsWith(IMPORTERS)) {
        synchronized (getClassLoadingLock(name)) {
          Class<?> loaded = findLoadedClass(name);
          return loaded == null ? findClass(name) : loaded;
        }
      }
      return super.loadClass(name, resolve);
    }

    String locate(String model, JobContext context) throws Throwable {
      try {
        return (String)
            loadClass(Backbones.class.getName())
                .getMethod("locate", String.class, JobContext.class)
                .invoke(null, model, context);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }

    List<?> list() throws Throwable {
      Class<?> backbones = loadClass(Backbones.class.getName());
      return (List<?>)
          backbones
              .getMethod("list")
              .invoke(backbones.getConstructors()[0].newInstance(null, null));
    }
  }

  private static URL location(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation();
  }

  @Test
  void withoutThemANameIsRefusedAndDirectoriesAreTaken() throws Throwable {
    try (DriverLoader driver = new DriverLoader()) {
      assertThat(driver.locate(folder.toString(), context)).isEqualTo(folder.toString());
      assertThatThrownBy(() -> driver.locate(NAME, context))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContainingAll(
              "does not have the jars that download and convert backbones",
              "client mode",
              Backbones.DRIVER_JARS);
    }
  }

  @Test
  void theyAreTakenFromTheFolderOfTheConfiguration() throws Throwable {
    // A link to a folder of classes is one to the class loader, where this build has no jar yet.
    Files.createSymbolicLink(
        folder.resolve("importers.jar"), Path.of(location(Catalogue.class).toURI()));
    System.setProperty(Backbones.DRIVER_JARS, folder.toString());
    try (DriverLoader driver = new DriverLoader()) {
      assertThat(driver.list()).hasSize(Catalogue.load().backbones().size());
    } finally {
      System.clearProperty(Backbones.DRIVER_JARS);
    }
  }

  @Test
  void aDirectoryOfACataloguesNameWinsAndIsTold() throws Exception {
    FileSystem files = FileSystem.get(context.hadoop());
    org.apache.hadoop.fs.Path before = files.getWorkingDirectory();
    files.setWorkingDirectory(new org.apache.hadoop.fs.Path(folder.toUri()));
    try {
      Files.createDirectory(folder.resolve(NAME));
      assertThat(Backbones.locate(NAME, context)).isEqualTo(NAME);
      assertThat(notes)
          .containsExactly("Model " + NAME + ": the directory " + folder.resolve(NAME) + ".");
    } finally {
      files.setWorkingDirectory(before);
    }
  }
}
