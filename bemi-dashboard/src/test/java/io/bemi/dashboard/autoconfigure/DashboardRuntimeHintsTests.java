package io.bemi.dashboard.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.context.annotation.ImportRuntimeHints;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DashboardRuntimeHints}.
 */
class DashboardRuntimeHintsTests {

	@Test
	void everyFileIsThere() throws IOException {
		RuntimeHints hints = new RuntimeHints();
		new DashboardRuntimeHints().registerHints(hints, getClass().getClassLoader());
		Path resources = Path.of("src/main/resources");
		List<String> files;
		try (Stream<Path> found = Files.walk(resources.resolve("io"))) {
			files = found.filter(Files::isRegularFile).map((file) -> resources.relativize(file).toString()).toList();
		}
		assertThat(files).hasSizeGreaterThan(5)
			.allSatisfy((file) -> assertThat(hints).matches(RuntimeHintsPredicates.resource().forResource(file),
					"has " + file));
	}

	@Test
	void areRegisteredByTheAutoConfiguration() {
		assertThat(BemiDashboardAutoConfiguration.class.getAnnotation(ImportRuntimeHints.class).value())
			.containsExactly(DashboardRuntimeHints.class);
	}

}
