package io.bemi.autoconfigure;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.Bean;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The architecture of the auto-configurations.
 */
class ArchitectureTests {

	private static final Path IMPORTS = Path
		.of("src/main/resources/META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports");

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages("io.bemi.autoconfigure");

	@Test
	void autoConfigurationsArePublicAndFinal() {
		classes().that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePublic()
			.andShould()
			.haveModifier(JavaModifier.FINAL)
			.because("an application may name them, to exclude them, and nobody should extend them")
			.allowEmptyShould(true)
			.check(CLASSES);
	}

	@Test
	void autoConfigurationsAreNamedAfterTheirStage() {
		classes().that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.haveSimpleNameStartingWith("Bemi")
			.andShould()
			.haveSimpleNameEndingWith("AutoConfiguration")
			.because("a condition report lists them among hundreds of others")
			.allowEmptyShould(true)
			.check(CLASSES);
	}

	@Test
	void beanMethodsArePackagePrivate() {
		methods().that()
			.areAnnotatedWith(Bean.class)
			.should()
			.bePackagePrivate()
			.because("beans are injected, not fetched by calling a method")
			.allowEmptyShould(true)
			.check(CLASSES);
	}

	@Test
	void propertiesAreInTheNamespaceThatWeOwn() {
		List<String> foreign = CLASSES.stream()
			.filter((javaClass) -> javaClass.isAnnotatedWith(ConfigurationProperties.class))
			.filter((javaClass) -> !isInNamespace(javaClass) || !javaClass.getSimpleName().endsWith("Properties"))
			.map(JavaClass::getName)
			.toList();
		assertThat(foreign).as("'…Properties' with another prefix than 'bemi', or of another name").isEmpty();
	}

	private static boolean isInNamespace(JavaClass javaClass) {
		ConfigurationProperties annotation = javaClass.getAnnotationOfType(ConfigurationProperties.class);
		String prefix = annotation.prefix().isEmpty() ? annotation.value() : annotation.prefix();
		return prefix.equals("bemi") || prefix.startsWith("bemi.");
	}

	@Test
	void everyAutoConfigurationIsListedAndTheListIsSorted() throws IOException {
		List<String> autoConfigurations = CLASSES.stream()
			.filter((javaClass) -> javaClass.isAnnotatedWith(AutoConfiguration.class))
			.map(JavaClass::getName)
			.sorted()
			.toList();
		assertThat(listed()).containsExactlyElementsOf(autoConfigurations);
	}

	private static List<String> listed() throws IOException {
		return Files.exists(IMPORTS) ? Files.readAllLines(IMPORTS) : List.of();
	}

	@Test
	void isNullMarked() {
		List<String> unmarked = CLASSES.stream()
			.map(JavaClass::getPackage)
			.distinct()
			.filter((javaPackage) -> !javaPackage.isAnnotatedWith(NullMarked.class))
			.map(JavaPackage::getName)
			.toList();
		assertThat(unmarked).as("packages whose package-info is missing or lacks @NullMarked").isEmpty();
	}

	@Test
	void whoMakesProxiesHasARuntimeHint() {
		assertThat(callers(Proxy.class, "newProxyInstance")).as("each has a line in a RuntimeHintsRegistrar")
			.containsExactlyInAnyOrder("io.bemi.autoconfigure.entrypoint.BatchListener",
					"io.bemi.autoconfigure.entrypoint.MessageListenerProxy",
					"io.bemi.autoconfigure.entrypoint.RabbitListenerPostProcessor",
					"io.bemi.autoconfigure.tracking.BemiTrackingCallback", "io.bemi.connection.BemiXADataSource",
					"io.bemi.connection.ConnectionHandler", "io.bemi.connection.LentConnection",
					"io.bemi.connection.ReadConnection", "io.bemi.connection.StatementHandler");
	}

	@Test
	void whoReadsFieldsHasARuntimeHint() {
		assertThat(callers(DirectFieldAccessor.class, "<init>")).as("each has a line in a RuntimeHintsRegistrar")
			.containsExactlyInAnyOrder("io.bemi.autoconfigure.entrypoint.ContextExecutorPostProcessor",
					"io.bemi.autoconfigure.entrypoint.KafkaListenerPostProcessor",
					"io.bemi.autoconfigure.entrypoint.MessageMethod",
					"io.bemi.autoconfigure.entrypoint.RabbitListenerPostProcessor",
					"io.bemi.autoconfigure.timetravel.CacheBypassPostProcessor");
	}

	private static List<String> callers(Class<?> owner, String name) {
		return new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
			.withImportOption((location) -> !location.contains("-tests.jar"))
			.importPackages("io.bemi")
			.stream()
			.filter((candidate) -> candidate.getCodeUnitCallsFromSelf()
				.stream()
				.anyMatch((call) -> call.getTargetOwner().isEquivalentTo(owner) && call.getName().equals(name)))
			.map(JavaClass::getName)
			.toList();
	}

}
