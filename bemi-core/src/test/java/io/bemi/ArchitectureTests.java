package io.bemi;

import java.util.List;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The architecture: packages are the path of a change, in this order.
 */
class ArchitectureTests {

	private static final List<String> STAGES = List.of("change", "context", "connection", "tracking", "replication",
			"pgoutput", "stitching", "ingestion", "store", "query", "timetravel", "revert");

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages("io.bemi");

	static Stream<String> stages() {
		return STAGES.stream();
	}

	@ParameterizedTest
	@MethodSource("stages")
	void importsEarlierStagesOnly(String stage) {
		String[] later = STAGES.subList(STAGES.indexOf(stage) + 1, STAGES.size())
			.stream()
			.map(ArchitectureTests::inPackage)
			.toArray(String[]::new);
		noClasses().that()
			.resideInAPackage(inPackage(stage))
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(later)
			.because("the packages are the path of a change, and whoever reads a stage needs to know earlier ones only")
			.allowEmptyShould(true)
			.check(CLASSES);
	}

	@ParameterizedTest
	@MethodSource("packages")
	void isAStage(String packageName) {
		assertThat(STAGES).as("a package has its place in the path of a change").contains(packageName);
	}

	static Stream<String> packages() {
		return CLASSES.getPackage("io.bemi")
			.getSubpackages()
			.stream()
			.map((javaPackage) -> javaPackage.getRelativeName())
			.sorted();
	}

	@Test
	void hasNoCycles() {
		slices().matching("io.bemi.(**)")
			.should()
			.beFreeOfCycles()
			.because("packages in a cycle are one package")
			.check(CLASSES);
	}

	@Test
	void computesChangesFromBytesAndRecordsOnly() {
		noClasses().that()
			.resideInAnyPackage(inPackage("change"), inPackage("pgoutput"), inPackage("stitching"))
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("java.sql..", "javax.sql..", "org.postgresql..", "org.springframework..",
					"com.fasterxml..", "tools.jackson..")
			.because("they are pure functions over bytes and records, to be tested and fuzzed without a database")
			.check(CLASSES);
	}

	@Test
	void showsNoJsonLibraryToItsUsers() {
		codeUnits().that()
			.areDeclaredInClassesThat()
			.arePublic()
			.and()
			.areNotPrivate()
			.should(new NotMention("com.fasterxml", "tools.jackson"))
			.because("an application brings the JSON library, and the version of it, that it likes")
			.check(CLASSES);
	}

	@Test
	void needsTheServletApiForTheContextOnly() {
		noClasses().that()
			.resideOutsideOfPackage(inPackage("context"))
			.should()
			.dependOnClassesThat()
			.resideInAPackage("jakarta.servlet..")
			.because("an application without HTTP does not have it")
			.check(CLASSES);
	}

	@Test
	void knowsNoSpringBoot() {
		noClasses().should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework.boot..")
			.because("one jar serves two lines of Spring Boot, and applications without it")
			.check(CLASSES);
	}

	@Test
	void isNullMarked() {
		DescribedPredicate<JavaClass> isPackageInfo = DescribedPredicate.describe("package-info",
				(javaClass) -> javaClass.getSimpleName().equals("package-info"));
		List<String> unmarked = CLASSES.getPackage("io.bemi")
			.getSubpackagesInTree()
			.stream()
			.filter((javaPackage) -> javaPackage.getClasses().stream().anyMatch(isPackageInfo.negate()))
			.filter((javaPackage) -> !javaPackage.isAnnotatedWith(NullMarked.class))
			.map(JavaPackage::getName)
			.toList();
		assertThat(unmarked).as("packages whose package-info is missing or lacks @NullMarked").isEmpty();
	}

	private static String inPackage(String stage) {
		return "io.bemi." + stage + "..";
	}

	/**
	 * That a signature of a public method or constructor does not mention packages.
	 */
	private static final class NotMention extends ArchCondition<JavaCodeUnit> {

		private final List<String> packages;

		NotMention(String... packages) {
			super("not mention " + List.of(packages) + " in a public signature");
			this.packages = List.of(packages);
		}

		@Override
		public void check(JavaCodeUnit unit, ConditionEvents events) {
			if (unit.getModifiers().contains(PUBLIC)) {
				Stream
					.concat(unit.getReturnType().getAllInvolvedRawTypes().stream(),
							unit.getParameterTypes().stream().flatMap((type) -> type.getAllInvolvedRawTypes().stream()))
					.filter((type) -> this.packages.stream().anyMatch(type.getPackageName()::startsWith))
					.forEach((type) -> events
						.add(SimpleConditionEvent.violated(unit, unit.getFullName() + " mentions " + type.getName())));
			}
		}

	}

}
