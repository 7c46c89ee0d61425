package io.bemi.it.monitoring;

import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bemi.it.support.Applications;
import io.bemi.it.support.Http;
import io.bemi.testsupport.TestDatabase;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * An instance of an application, as who watches it sees it.
 *
 * @param application the application
 * @param http requests to it
 * @param first what its counters were in the beginning
 */
record Instance(ConfigurableApplicationContext application, Http http,
		Map<String, Double> first) implements AutoCloseable {

	static Instance start(TestDatabase database, String... properties) {
		String[] all = new String[properties.length + 2];
		all[0] = "management.endpoint.health.show-details=always";
		all[1] = "management.endpoints.web.exposure.include=health,bemi";
		System.arraycopy(properties, 0, all, 2, properties.length);
		ConfigurableApplicationContext application = Applications.start(database, WatchedApplication.class, all);
		return new Instance(application, Http.to(application), scrape(application));
	}

	private static Map<String, Double> scrape(ConfigurableApplicationContext application) {
		Map<String, Double> values = new HashMap<>();
		application.getBean(PrometheusMeterRegistry.class)
			.scrape()
			.lines()
			.filter((line) -> line.startsWith("bemi_"))
			.map((line) -> line.split("(\\{.*})? ", 2))
			.forEach((parts) -> values.put(parts[0], Double.parseDouble(parts[1])));
		return values;
	}

	double value(String name) {
		return scrape(this.application).getOrDefault(name, Double.NaN);
	}

	double increase(String name) {
		return value(name) - this.first.getOrDefault(name, 0.0);
	}

	/**
	 * The details of its health.
	 */
	Map.Entry<Integer, JsonNode> health() {
		return answer(this.http.get("alice", "/actuator/health/bemi"));
	}

	JsonNode endpoint() {
		return answer(this.http.get("alice", "/actuator/bemi")).getValue();
	}

	JsonNode post(String action) {
		return answer(this.http.post("alice", "/actuator/bemi/" + action)).getValue();
	}

	private static Map.Entry<Integer, JsonNode> answer(HttpResponse<String> response) {
		try {
			return Map.entry(response.statusCode(), new ObjectMapper().readTree(response.body()));
		}
		catch (JsonProcessingException ex) {
			throw new IllegalStateException(response.statusCode() + " " + response.body(), ex);
		}
	}

	@Override
	public void close() {
		this.application.close();
	}

}
