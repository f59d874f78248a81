package org.smartbert.bench;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The same rule as for the other modules. */
class ArchitectureTest {
  @Test
  void noPackagesDependOnEachOtherInACycle() {
    slices()
        .matching("org.smartbert.(**)")
        .should()
        .beFreeOfCycles()
        .check(
            new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("org.smartbert.bench"));
  }
}
