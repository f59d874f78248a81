package org.smartbert;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.io.Console;
import java.io.PrintStream;
import java.io.PrintWriter;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.metastore.MetastoreServer;

/** jobs may use udfs, udfs may use model, and each library keeps to its packages. */
class ArchitectureTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          // The model's tests come as a jar.
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("org.smartbert");

  @Test
  void theModelKnowsNeitherSparkNorHadoopNorItsUsers() {
    noClasses()
        .that()
        .resideInAPackage("org.smartbert.model..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.spark..",
            "org.apache.hadoop..",
            "org.smartbert.udfs..",
            "org.smartbert.jobs..")
        .check(OURS);
  }

  @Test
  void udfsDoNotKnowJobsOrDelta() {
    noClasses()
        .that()
        .resideInAPackage("org.smartbert.udfs..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.smartbert.jobs..", "io.delta..")
        .check(OURS);
  }

  /** Their class path is the driver's, and only where it was asked for. */
  @Test
  void oneActionUsesTheImportersOfBackbones() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "org.smartbert.backbones..", "org.smartbert.jobs.actions.backbones..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.smartbert.backbones..")
        .check(OURS);
  }

  @Test
  void djlStopsAtTheModelsBorder() {
    noClasses()
        .that()
        .resideInAnyPackage("org.smartbert.udfs..", "org.smartbert.jobs..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl..")
        .check(OURS);
  }

  /** Every package is a slice of its own, those of model and udfs too. */
  @Test
  void noPackagesDependOnEachOtherInACycle() {
    slices().matching("org.smartbert.(**)").should().beFreeOfCycles().check(OURS);
  }

  @Test
  void nobodyUsesTheCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.smartbert.jobs.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.smartbert.jobs.cli..")
        .check(OURS);
    noClasses()
        .that()
        .resideOutsideOfPackage("org.smartbert.jobs.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("picocli..")
        .check(OURS);
  }

  @Test
  void onlyTheCommandLinePrints() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.smartbert.jobs.cli..")
        .and()
        // A process of its own, which prints its port for the process that started it.
        .areNotAssignableTo(MetastoreServer.class)
        .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
        .check(OURS);
    noClasses()
        .that()
        .resideInAPackage("org.smartbert.jobs.actions..")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(PrintStream.class, PrintWriter.class, Console.class)
        .check(OURS);
  }

  @Test
  void tablesAndRecordsDoNotKnowTheActions() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "org.smartbert.jobs.io..", "org.smartbert.jobs.history..", "org.smartbert.jobs.sync..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.smartbert.jobs.actions..")
        .check(OURS);
  }

  @Test
  void statisticsKnowNothingOfOurs() {
    noClasses()
        .that()
        .resideInAPackage("org.smartbert.jobs.statistics..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark..", "org.smartbert.model..", "org.smartbert.udfs..")
        .check(OURS);
  }

  @Test
  void theRingKnowsNeitherSparkNorDjl() {
    noClasses()
        .that()
        .resideInAPackage("org.smartbert.jobs.sync..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark..", "ai.djl..")
        .check(OURS);
  }
}
