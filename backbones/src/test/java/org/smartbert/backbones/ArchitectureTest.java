package org.smartbert.backbones;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The importers know the network's files and nothing of Spark, training or inference. */
class ArchitectureTest {
  @Test
  void onlyFilesAndTokenizersAreKnown() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.spark..",
            "ai.djl..",
            "org.smartbert.model.training..",
            "org.smartbert.model.inference..",
            "org.smartbert.udfs..",
            "org.smartbert.jobs..")
        .check(
            new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("org.smartbert.backbones"));
  }
}
