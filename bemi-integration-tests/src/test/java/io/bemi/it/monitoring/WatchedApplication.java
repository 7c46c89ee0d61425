package io.bemi.it.monitoring;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.bemi.it.support.WebSecurity;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * An application with a registry of meters, and somebody who looks at observations.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(WebSecurity.class)
class WatchedApplication {

	@Bean
	PrometheusMeterRegistry prometheus() {
		return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
	}

	@Bean
	Observed observed() {
		return new Observed(new ConcurrentLinkedQueue<>());
	}

	/**
	 * Notes the observations that have ended.
	 *
	 * @param names their names, and the values of their keys
	 */
	record Observed(Queue<String> names) implements ObservationHandler<Observation.Context> {

		@Override
		public void onStop(Observation.Context context) {
			StringBuilder name = new StringBuilder(String.valueOf(context.getName()));
			context.getAllKeyValues().forEach((pair) -> name.append(' ').append(pair.getValue()));
			this.names.add(name.toString());
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

}
