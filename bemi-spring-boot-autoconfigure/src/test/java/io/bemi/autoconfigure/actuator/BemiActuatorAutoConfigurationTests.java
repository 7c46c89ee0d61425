package io.bemi.autoconfigure.actuator;

import io.bemi.autoconfigure.ingestion.BemiIngestion;
import io.bemi.autoconfigure.ingestion.BemiIngestionAutoConfiguration;
import io.bemi.autoconfigure.replication.BemiReplicationAutoConfiguration;
import io.bemi.autoconfigure.store.BemiStoreAutoConfiguration;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BemiActuatorAutoConfiguration}, where the actuator is not; where it
 * is, whole applications are asked over HTTP.
 */
class BemiActuatorAutoConfigurationTests {

	@Test
	void backsOffWithoutTheActuator() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(BemiReplicationAutoConfiguration.class, BemiStoreAutoConfiguration.class,
							BemiIngestionAutoConfiguration.class, BemiActuatorAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(BemiIngestion.class)
				.doesNotHaveBean("bemiEndpoint"));
	}

}
