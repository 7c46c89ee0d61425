package io.bemi.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import io.bemi.autoconfigure.connection.BemiConnectionAutoConfiguration;
import io.bemi.autoconfigure.context.BemiContextAutoConfiguration;
import io.bemi.autoconfigure.ingestion.BemiIngestionAutoConfiguration;
import io.bemi.autoconfigure.observation.BemiObservationAutoConfiguration;
import io.bemi.autoconfigure.replication.BemiReplicationAutoConfiguration;
import io.bemi.autoconfigure.store.BemiStoreAutoConfiguration;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The alerts and the dashboard that are in the documentation ask for meters that there
 * are, and every meter is documented.
 */
class MonitoringFilesTests {

	private static final Path MONITORING = Path.of("../docs/monitoring");

	private static final Pattern NAME = Pattern.compile("bemi_[a-z_]+");

	private static final Pattern DOCUMENTED = Pattern.compile("`(bemi\\.[a-z.]+)`");

	private final PrometheusMeterRegistry registry = registry();

	private static PrometheusMeterRegistry registry() {
		PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(BemiConnectionAutoConfiguration.class, BemiContextAutoConfiguration.class,
							BemiReplicationAutoConfiguration.class, BemiStoreAutoConfiguration.class,
							BemiObservationAutoConfiguration.class, BemiIngestionAutoConfiguration.class))
			.withBean(DataSource.class, () -> {
				PGSimpleDataSource dataSource = new PGSimpleDataSource();
				dataSource.setUrl("jdbc:postgresql://localhost:1/nowhere");
				return dataSource;
			})
			.run((context) -> context.getBeansOfType(MeterBinder.class)
				.values()
				.forEach((binder) -> binder.bindTo(registry)));
		return registry;
	}

	private Set<String> exported() {
		return names(this.registry.scrape().lines().filter((line) -> !line.startsWith("#")).toList());
	}

	private static Set<String> names(List<String> texts) {
		return texts.stream()
			.flatMap((text) -> NAME.matcher(text).results().map(MatchResult::group))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	@Test
	@SuppressWarnings("unchecked")
	void alertsAskForMetersThatThereAre() throws IOException {
		Map<String, Object> file = new Yaml().load(Files.readString(MONITORING.resolve("prometheus-alerts.yml")));
		List<String> expressions = ((List<Map<String, Object>>) file.get("groups")).stream()
			.flatMap((group) -> ((List<Map<String, Object>>) group.get("rules")).stream())
			.map((rule) -> (String) rule.get("expr"))
			.toList();
		assertThat(expressions).hasSizeGreaterThan(10);
		// Those of the worker are for its own tests.
		List<String> names = names(expressions).stream().filter((name) -> !name.startsWith("bemi_worker_")).toList();
		assertThat(exported()).containsAll(names);
	}

	@Test
	void theDashboardAsksForMetersThatThereAre() throws IOException {
		JsonNode dashboard = new JsonMapper().readTree(Files.readString(MONITORING.resolve("grafana-dashboard.json")));
		List<String> expressions = dashboard.findValuesAsString("expr");
		assertThat(expressions).hasSizeGreaterThan(20);
		assertThat(exported()).containsAll(names(expressions));
		assertThat(exported()).containsAll(names(List.of(dashboard.get("templating").toString())));
	}

	@Test
	void everyMeterIsDocumented() throws IOException {
		String documentation = Files.readString(Path.of("../docs/operations.md"));
		assertThat(DOCUMENTED.matcher(documentation).results().map((match) -> match.group(1)).toList())
			.containsAll(this.registry.getMeters().stream().map(Meter::getId).map(Meter.Id::getName).toList());
	}

}
