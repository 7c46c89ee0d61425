package io.bemi.autoconfigure.ingestion;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import io.bemi.autoconfigure.replication.BemiReplicationAutoConfiguration;
import io.bemi.autoconfigure.store.BemiStoreAutoConfiguration;
import io.bemi.ingestion.IngestionListener;
import io.bemi.ingestion.IngestionStatus;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.ingestion.Quarantine;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BemiIngestionAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class BemiIngestionAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BemiReplicationAutoConfiguration.class,
				BemiStoreAutoConfiguration.class, BemiIngestionAutoConfiguration.class));

	@Test
	void theApplicationStartsWhenTheDatabaseIsAway(CapturedOutput output) {
		this.contextRunner.withBean(DataSource.class, () -> {
			PGSimpleDataSource dataSource = new PGSimpleDataSource();
			dataSource.setUrl("jdbc:postgresql://localhost:1/nowhere");
			return dataSource;
		}).run((context) -> {
			assertThat(context).hasNotFailed();
			IngestionStatus status = context.getBean(BemiIngestion.class).status().orElseThrow();
			assertThat(status.phase()).isEqualTo(Phase.FAILED);
			assertThat(output).contains("Changes are not recorded now").contains("localhost:1");
			assertThat(context.getBean(BemiIngestion.class).quarantine()).contains(Quarantine.UNKNOWN);
			assertThat(HealthView.of(context)).matches((health) -> health.status().equals("DOWN"))
				.extracting(HealthView::details, InstanceOfAssertFactories.map(String.class, Object.class))
				.containsEntry("phase", "FAILED")
				.containsEntry("problem", "Changes are not recorded now")
				.hasEntrySatisfying("message", (message) -> assertThat(message).asString().contains("localhost:1"))
				.doesNotContainKey("slot");
		});
	}

	@Test
	void saysWhyItDoesNotRunWithoutADataSource(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			assertThat(context.getBean(BemiIngestion.class).status()).isEmpty();
			assertThat(output).contains("no primary DataSource").contains("bemi.replication.url");
		});
	}

	@Test
	void theApplicationStartsWhenRulesForColumnsAreWrong(CapturedOutput output) {
		this.contextRunner.withBean(DataSource.class, () -> {
			PGSimpleDataSource dataSource = new PGSimpleDataSource();
			dataSource.setUrl("jdbc:postgresql://localhost:1/nowhere");
			return dataSource;
		}).withPropertyValues("bemi.tracking.columns.mask=*.ssn").run((context) -> {
			assertThat(context).hasNotFailed();
			IngestionStatus status = context.getBean(BemiIngestion.class).status().orElseThrow();
			assertThat(status.phase()).isEqualTo(Phase.FAILED);
			assertThat(status.message()).contains("bemi.tracking.columns.mask-key");
			assertThat(output).contains("Changes are not recorded: 'bemi.tracking.columns.mask' has '*.ssn'")
				.doesNotContain("localhost:1");
			assertThat(HealthView.of(context).status()).isEqualTo("DOWN");
			assertThat(context.getBean(BemiIngestion.class).columns()).isEmpty();
		});
	}

	@Test
	void saysWhichRulesThereAreForColumns(CapturedOutput output) {
		this.contextRunner.withBean(DataSource.class, () -> {
			PGSimpleDataSource dataSource = new PGSimpleDataSource();
			dataSource.setUrl("jdbc:postgresql://localhost:1/nowhere");
			return dataSource;
		})
			.withPropertyValues("bemi.tracking.columns.mask=*.ssn, user.phone=***",
					"bemi.tracking.columns.mask-key=a key of at least thirty-two characters",
					"bemi.tracking.columns.exclude[0]=*.password", "bemi.tracking.ignore=*.updated_at, *_count")
			.run((context) -> assertThat(output)
				.contains("Columns are recorded by rules: left out [*.password], masked [*.ssn by a hash, user.phone by"
						+ " '***'], ignored where nothing else changes [*.updated_at, *_count]")
				.doesNotContain("thirty-two"));
	}

	@Test
	void metersWhereMicrometerIs() {
		this.contextRunner.run((context) -> {
			SimpleMeterRegistry registry = new SimpleMeterRegistry();
			context.getBeansOfType(MeterBinder.class).values().forEach((binder) -> binder.bindTo(registry));
			assertThat(registry.get("bemi.quarantine.rows").gauge().value()).isNaN();
			assertThat(registry.get("bemi.quarantine.added").functionCounter().count()).isZero();
			assertThat(registry.get("bemi.baseline.tables").gauge().value()).isNaN();
			for (String meter : new String[] { "retained", "lag", "limit", "remaining", "lost", "share" }) {
				assertThat(registry.get("bemi.slot." + meter).gauge().value()).isNaN();
			}
			for (String meter : new String[] { "failed", "streaming", "standby", "paused", "lag", "silence" }) {
				assertThat(registry.get("bemi.ingestion." + meter).gauge().value()).isNaN();
			}
			assertThat(registry.get("bemi.gap.age").gauge().value()).isNaN();
			assertThat(registry.get("bemi.stored.changes").functionCounter().count()).isZero();
			assertThat(registry.get("bemi.store.write").timer().count()).isZero();
		});
		this.contextRunner.withClassLoader(new FilteredClassLoader(MeterBinder.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(BemiIngestion.class)
				.doesNotHaveBean("bemiIngestionMetrics")
				.doesNotHaveBean("bemiStoreMetrics"));
	}

	@Test
	void listenersAreToldInTheirOrder() {
		List<String> told = new ArrayList<>();
		IngestionListeners listeners = new IngestionListeners(List.of(IngestionListener.NONE, new IngestionListener() {

			@Override
			public Stage storing() {
				told.add("storing");
				return Stage.NONE;
			}

		}, new StoreMetrics()));
		listeners.storing().completed(1, Duration.ZERO);
		listeners.copying("public.todo").failed(new IllegalStateException());
		assertThat(told).containsExactly("storing");
	}

	@Test
	void healthIsUnknownWhereIngestionDoesNotRun() {
		this.contextRunner.run((context) -> assertThat(HealthView.of(context).status()).isEqualTo("UNKNOWN"));
	}

	@Test
	void healthCanBeSwitchedOff() {
		this.contextRunner.withPropertyValues("management.health.bemi.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("bemiHealthIndicator"));
		this.contextRunner.withPropertyValues("management.health.defaults.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean("bemiHealthIndicator"));
	}

	@Test
	void needsNoHealthIndicators() {
		this.contextRunner
			.withClassLoader(
					new FilteredClassLoader("org.springframework.boot.health", "org.springframework.boot.actuate"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(BemiIngestion.class)
				.doesNotHaveBean("bemiHealthIndicator"));
	}

	@Test
	void aHealthIndicatorOfTheApplicationWins() {
		this.contextRunner.withBean("bemiHealthIndicator", String.class, () -> "mine")
			.run((context) -> assertThat(context).hasNotFailed().getBean("bemiHealthIndicator").isEqualTo("mine"));
	}

	@Test
	void backsOffWhenIngestionIsDisabled() {
		this.contextRunner.withPropertyValues("bemi.ingestion.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("bemiHealthIndicator")
				.doesNotHaveBean(BemiIngestion.class)
				.doesNotHaveBean(IngestionMetrics.class));
	}

	@Test
	void backsOffWhenDisabled() {
		this.contextRunner.withPropertyValues("bemi.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(BemiIngestion.class));
	}

}
