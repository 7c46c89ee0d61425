package io.bemi.it.ingestion;

import io.bemi.it.support.Applications;
import io.bemi.it.support.Recorded;
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
 * The meters of the rows in quarantine, in an application with a registry of its own.
 */
class QuarantineMetricsIntegrationTests {

	/** A key that the source's index holds and the store's does not. */
	private static final String POISON = """
			INSERT INTO keyed SELECT string_agg(chr(19968 + ('x' || left(md5(i::text || 'a'), 4))::bit(16)::int % 20000), ''),
			  string_agg(chr(19968 + ('x' || left(md5(i::text || 'b'), 4))::bit(16)::int % 20000), '') FROM generate_series(1, 445) i
			""";

	private final TestDatabase database = PostgresServer.shared().createDatabase();

	@AfterEach
	void dropDatabase() {
		this.database.close();
	}

	@Test
	void countRowsAndSurviveARestart() {
		this.database.execute("CREATE TABLE keyed (a text, b text, PRIMARY KEY (a, b))");
		try (ConfigurableApplicationContext application = start()) {
			this.database.execute("INSERT INTO keyed VALUES ('1', '1')", POISON);
			Recorded.await(this.database, "keyed", 2);
			awaitMeters(application, 1, 1);
		}
		try (ConfigurableApplicationContext application = start()) {
			awaitMeters(application, 0, 1);
			this.database.execute("DELETE FROM keyed WHERE a > '1'");
			awaitMeters(application, 1, 2);
		}
	}

	private ConfigurableApplicationContext start() {
		return Applications.startWithoutWeb(this.database, Application.class);
	}

	private static void awaitMeters(ConfigurableApplicationContext application, double added, double rows) {
		MeterRegistry registry = application.getBean(MeterRegistry.class);
		Awaitility.await().untilAsserted(() -> {
			assertThat(registry.get("bemi.quarantine.added").functionCounter().count()).isEqualTo(added);
			assertThat(registry.get("bemi.quarantine.rows").gauge().value()).isEqualTo(rows);
		});
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
