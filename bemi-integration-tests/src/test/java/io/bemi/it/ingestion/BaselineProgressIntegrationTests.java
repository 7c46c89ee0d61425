package io.bemi.it.ingestion;

import io.bemi.autoconfigure.ingestion.BemiIngestion;
import io.bemi.it.support.Applications;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The rows that were there before, in a whole application: which are copied, and what the
 * meters say.
 */
class BaselineProgressIntegrationTests {

	private final TestDatabase database = PostgresServer.shared().createDatabase();

	@AfterEach
	void dropDatabase() {
		this.database.close();
	}

	@Test
	void metersTellHowFarItIs() throws Exception {
		this.database.execute("CREATE TABLE part AS SELECT i AS id FROM generate_series(1, 3000) i",
				"ALTER TABLE part ADD PRIMARY KEY (id)", "CREATE TABLE part_log AS SELECT 1 AS id",
				"ALTER TABLE part_log ADD PRIMARY KEY (id)");
		try (ConfigurableApplicationContext application = start()) {
			MeterRegistry registry = application.getBean(MeterRegistry.class);
			Awaitility.await()
				.untilAsserted(() -> assertThat(this.database.query("SELECT count(*) FROM bemi.change"))
					.containsExactly("3000"));
			Awaitility.await().untilAsserted(() -> assertThat(value(registry, "tables")).isZero());
			assertThat(value(registry, "remaining")).isZero();
			assertThat(application.getBean(BemiIngestion.class).baseline()).isPresent();
		}
		// As when a process was killed.
		this.database.execute("UPDATE bemi.baseline SET completed_at = NULL, after = '{id integer,1500}', rows = 1500",
				"SET session_replication_role = replica; DELETE FROM bemi.change WHERE primary_key::integer > 1500");
		try (ConfigurableApplicationContext application = start()) {
			MeterRegistry registry = application.getBean(MeterRegistry.class);
			Awaitility.await()
				.untilAsserted(() -> assertThat(this.database.query("SELECT count(*) FROM bemi.change"))
					.containsExactly("3000"));
			Awaitility.await().untilAsserted(() -> assertThat(value(registry, "tables")).isZero());
		}
	}

	private ConfigurableApplicationContext start() {
		return Applications.startWithoutWeb(this.database, Application.class, "bemi.ingestion.baseline.exclude=*_log");
	}

	private static double value(MeterRegistry registry, String name) {
		return registry.get("bemi.baseline." + name).gauge().value();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		SimpleMeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

}
