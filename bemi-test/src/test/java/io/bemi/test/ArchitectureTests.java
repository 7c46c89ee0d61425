package io.bemi.test;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/**
 * What may use what.
 */
class ArchitectureTests {

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages("io.bemi.test");

	@Test
	void statesNeedNeitherJUnitNorAssertJNorSpringsTestSupport() {
		noClasses().that()
			.haveNameMatching(
					"io\\.bemi\\.test\\.(State|TestStates$|TestStateException|Present|Row|Sequence|Moment|Sql).*")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.junit..", "org.assertj..", "org.springframework.test..",
					"org.springframework.boot..", "org.springframework.context..")
			.because("they are a plain bean")
			.check(CLASSES);
	}

	@Test
	void assertionsNeedNoJUnitAndNoSpring() {
		noClasses().that()
			.haveNameMatching("io\\.bemi\\.test\\.(BemiAssertions|Change).*")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.junit..", "org.springframework..")
			.because("they go with any test framework")
			.check(CLASSES);
	}

	@Test
	void nothingNeedsSpringBootButTheAutoConfiguration() {
		noClasses().that()
			.resideInAPackage("io.bemi.test")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.boot..", "jakarta..", "io.bemi.test.autoconfigure..")
			.because("it is optional")
			.check(CLASSES);
	}

	@Test
	void autoConfigurationsArePublicAndFinal() {
		classes().that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePublic()
			.andShould()
			.haveModifier(JavaModifier.FINAL)
			.because("an application may name them, to exclude them, and nobody should extend them")
			.check(CLASSES);
	}

}
