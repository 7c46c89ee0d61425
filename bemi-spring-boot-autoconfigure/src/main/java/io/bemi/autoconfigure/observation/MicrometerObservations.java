package io.bemi.autoconfigure.observation;

import java.util.function.Supplier;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;

/**
 * Observes where there is a registry. A handler that fails costs the observation, never
 * what is stored.
 */
final class MicrometerObservations implements Observations {

	private static final Logger logger = LoggerFactory.getLogger(MicrometerObservations.class);

	private final ObjectProvider<ObservationRegistry> registry;

	MicrometerObservations(ObjectProvider<ObservationRegistry> registry) {
		this.registry = registry;
	}

	@Override
	public <T> T observe(String name, @Nullable String kind, Supplier<T> work) {
		Observation observation = create(name);
		if (kind != null) {
			observation.lowCardinalityKeyValue("kind", kind);
		}
		return observation.observe(work);
	}

	@Override
	public Running start(String name, @Nullable String table) {
		try {
			Observation observation = create(name);
			if (table != null) {
				observation.highCardinalityKeyValue("table", table);
			}
			observation.start();
			return (error) -> stop(observation, error);
		}
		catch (RuntimeException ex) {
			logger.debug("Observation '{}' could not be started", name, ex);
			return Observations.NONE.start(name, table);
		}
	}

	private Observation create(String name) {
		return Observation.createNotStarted(name, this.registry.getIfAvailable(() -> ObservationRegistry.NOOP));
	}

	private static void stop(Observation observation, @Nullable Throwable error) {
		try {
			if (error != null) {
				observation.error(error);
			}
			observation.stop();
		}
		catch (RuntimeException ex) {
			logger.debug("Observation '{}' could not be stopped", observation, ex);
		}
	}

}
