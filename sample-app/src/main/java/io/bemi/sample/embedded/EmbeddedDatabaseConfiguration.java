package io.bemi.sample.embedded;

import java.nio.file.Path;

import io.bemi.sample.SampleApplication;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.system.ApplicationHome;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/**
 * Starts the embedded server where no {@code spring.datasource.url} names another one.
 * That is looked at when the application runs, not by a condition, which would be decided
 * for good when the application is processed ahead of time.
 */
@Configuration(proxyBeanMethods = false)
class EmbeddedDatabaseConfiguration {

	private static final int PORT = 54329;

	@Bean
	JdbcConnectionDetails databaseDetails(DataSourceProperties properties,
			ObjectProvider<EmbeddedDatabase> embeddedDatabase) {
		String url = properties.getUrl();
		if (url == null) {
			return Details.of(embeddedDatabase.getObject());
		}
		return new Details(url, properties.determineUsername(), properties.determinePassword());
	}

	@Bean
	@Lazy
	EmbeddedDatabase embeddedDatabase() {
		return EmbeddedDatabase.start(buildDirectory().resolve("postgres"), PORT);
	}

	// Found from the classes, so that it is the same wherever the sample is started.
	private static Path buildDirectory() {
		Path home = new ApplicationHome(SampleApplication.class).getDir().toPath().toAbsolutePath();
		return home.endsWith("classes") ? home.resolve("..").normalize() : home;
	}

	/**
	 * How the database is reached.
	 */
	private record Details(String url, @Nullable String username,
			@Nullable String password) implements JdbcConnectionDetails {

		static Details of(EmbeddedDatabase database) {
			return new Details(database.url(), database.username(), database.password());
		}

		@Override
		public @Nullable String getUsername() {
			return this.username;
		}

		@Override
		public @Nullable String getPassword() {
			return this.password;
		}

		@Override
		public String getJdbcUrl() {
			return this.url;
		}

	}

}
