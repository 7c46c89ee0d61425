package io.bemi.autoconfigure.aot;

import java.io.IOException;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is written down at build time, and said at the start. That both come together is a
 * test of the sample, which is processed ahead of time.
 */
@ExtendWith(OutputCaptureExtension.class)
class BuildTimePropertiesTests {

	@Test
	void writesDownWhatIsDecided() throws IOException {
		assertThat(generated(environment("bemi.ingestion.enabled=false")))
			.contains("BuildTimeProperties.compare(environment, \"bemi.enabled\", \"true\")")
			.contains("BuildTimeProperties.compare(environment, \"bemi.ingestion.enabled\", \"false\")")
			.contains("BuildTimeProperties.compare(environment, \"bemi.dashboard.enabled\", \"false\")");
	}

	@Test
	void saysWhatHasNoEffect(CapturedOutput output) {
		BuildTimeProperties.compare(environment("bemi.enabled=false"), "bemi.enabled", "true");
		BuildTimeProperties.compare(environment(), "bemi.ingestion.enabled", "false");
		assertThat(output).contains("bemi.enabled=false has no effect: it was true when")
			.contains("bemi.ingestion.enabled=true has no effect: it was false when");
	}

	@Test
	void saysNothingOfWhatIsTheSame(CapturedOutput output) {
		BuildTimeProperties.compare(environment("bemi.enabled=TRUE"), "bemi.enabled", "true");
		BuildTimeProperties.compare(environment(), "bemi.dashboard.enabled", "false");
		BuildTimeProperties.compare(environment(), "bemi.tracking.mode", "auto");
		assertThat(output).doesNotContain("has no effect");
	}

	private static MockEnvironment environment(String... properties) {
		MockEnvironment environment = new MockEnvironment();
		List.of(properties)
			.forEach((property) -> environment.setProperty(property.split("=")[0], property.split("=")[1]));
		return environment;
	}

	private static String generated(MockEnvironment environment) throws IOException {
		InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();
		DefaultGenerationContext generation = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get("io.bemi.test", "Application")), files);
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.setEnvironment(environment);
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		}
		generation.writeGeneratedContent();
		StringBuilder sources = new StringBuilder();
		for (String path : files.getGeneratedFiles(Kind.SOURCE).keySet()) {
			sources.append(files.getGeneratedFileContent(Kind.SOURCE, path));
		}
		return sources.toString();
	}

}
