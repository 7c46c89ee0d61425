package io.bemi.dashboard;

import java.util.List;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The architecture of the dashboard: what an application says, requests, the live list,
 * the API, and what puts them together, in this order.
 */
class ArchitectureTests {

	private static final String ROOT = "io.bemi.dashboard";

	private static final List<String> PACKAGES = List.of(ROOT, ROOT + ".http", ROOT + ".live", ROOT + ".api",
			ROOT + ".autoconfigure");

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages(ROOT);

	static Stream<String> packages() {
		return PACKAGES.stream();
	}

	@ParameterizedTest
	@MethodSource("packages")
	void importsEarlierPackagesOnly(String name) {
		noClasses().that()
			.resideInAPackage(name)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(PACKAGES.subList(PACKAGES.indexOf(name) + 1, PACKAGES.size()).toArray(String[]::new))
			.because("whoever reads a package needs to know earlier ones only")
			.allowEmptyShould(true)
			.check(CLASSES);
	}

	@Test
	void everyPackageHasItsPlace() {
		assertThat(CLASSES.stream().map((javaClass) -> javaClass.getPackageName()).distinct())
			.containsExactlyInAnyOrderElementsOf(PACKAGES);
	}

	@Test
	void hasNoCycles() {
		slices().matching(ROOT + ".(*)..")
			.should()
			.beFreeOfCycles()
			.because("packages in a cycle are one package")
			.check(CLASSES);
	}

	@Test
	void knowsSpringBootAndSpringSecurityWhereItIsPutTogether() {
		noClasses().that()
			.resideOutsideOfPackage(ROOT + ".autoconfigure")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.boot..", "org.springframework.security..",
					"io.bemi.autoconfigure..")
			.because("one jar serves two lines of Spring Boot, with Spring Security and without")
			.check(CLASSES);
	}

	@Test
	void isNoPartOfTheApplicationsWebFramework() {
		noClasses().should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.web.servlet..", "org.springframework.http..",
					"com.fasterxml.jackson..", "tools.jackson..")
			.because("the application's converters, interceptors and JSON settings are neither needed nor in the way")
			.check(CLASSES);
	}

	@Test
	void readsTheHistoryByTheQueriesOfTheCore() {
		noClasses().should()
			.dependOnClassesThat()
			.resideInAnyPackage("javax.sql..", "org.springframework.jdbc..", "io.bemi.store..", "io.bemi.connection..")
			.because("masks, row filters and limits are in one place, and no SQL is made of a request")
			.check(CLASSES);
	}

	@Test
	void autoConfigurationsArePublicFinalAndNamedAfterWhatTheyDo() {
		classes().that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePublic()
			.andShould()
			.haveModifier(JavaModifier.FINAL)
			.andShould()
			.haveSimpleNameStartingWith("Bemi")
			.andShould()
			.haveSimpleNameEndingWith("AutoConfiguration")
			.because("an application may name them, to exclude them, and nobody should extend them")
			.check(CLASSES);
		methods().that()
			.areAnnotatedWith(Bean.class)
			.should()
			.bePackagePrivate()
			.because("beans are injected, not fetched by calling a method")
			.check(CLASSES);
	}

	@Test
	void isNullMarked() {
		List<String> unmarked = CLASSES.stream()
			.map((javaClass) -> javaClass.getPackage())
			.distinct()
			.filter((javaPackage) -> !javaPackage.isAnnotatedWith(NullMarked.class))
			.map(JavaPackage::getName)
			.toList();
		assertThat(unmarked).as("packages whose package-info is missing or lacks @NullMarked").isEmpty();
	}

}
