package org.smartbert;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** jobs may use udfs, udfs may use model, and each library keeps to its rooms. */
class ArchitectureTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
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
}
