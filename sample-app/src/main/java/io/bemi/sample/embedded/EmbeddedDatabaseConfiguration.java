package io.bemi.sample.embedded;

import java.nio.file.Path;

import io.bemi.sample.SampleApplication;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.boot.system.ApplicationHome;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * Starts the embedded server where no {@code spring.datasource.url} names another one.
 */
@Configuration(proxyBeanMethods = false)
@Conditional(EmbeddedDatabaseConfiguration.WithoutUrl.class)
class EmbeddedDatabaseConfiguration {

	private static final int PORT = 54329;

	@Bean(destroyMethod = "close")
	EmbeddedDatabase embeddedDatabase() {
		return EmbeddedDatabase.start(buildDirectory().resolve("postgres"), PORT);
	}

	// Found from the classes, so that it is the same wherever the sample is started.
	private static Path buildDirectory() {
		Path home = new ApplicationHome(SampleApplication.class).getDir().toPath().toAbsolutePath();
		return home.endsWith("classes") ? home.resolve("..").normalize() : home;
	}

	static final class WithoutUrl extends NoneNestedConditions {

		WithoutUrl() {
			super(ConfigurationPhase.REGISTER_BEAN);
		}

		@ConditionalOnProperty("spring.datasource.url")
		static final class WithUrl {

		}

	}

}
