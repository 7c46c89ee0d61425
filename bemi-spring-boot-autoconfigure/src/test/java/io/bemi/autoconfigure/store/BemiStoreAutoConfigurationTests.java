package io.bemi.autoconfigure.store;

import java.nio.file.Path;
import java.time.Period;
import java.util.List;

import javax.sql.DataSource;

import io.bemi.autoconfigure.replication.BemiReplicationAutoConfiguration;
import io.bemi.ingestion.TablePattern;
import io.bemi.store.retention.RetentionSettings;
import io.bemi.store.retention.RetentionSettings.StoreOwner;
import io.bemi.store.retention.RetentionSettings.TableRetention;
import io.bemi.store.StoreSettings;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link BemiStoreAutoConfiguration}.
 */
class BemiStoreAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(BemiReplicationAutoConfiguration.class, BemiStoreAutoConfiguration.class))
		.withBean(DataSource.class, () -> {
			PGSimpleDataSource dataSource = new PGSimpleDataSource();
			dataSource.setUrl("jdbc:postgresql://db/shop");
			dataSource.setUser("app");
			dataSource.setPassword("secret");
			return dataSource;
		});

	private static StoreSettings settings(org.springframework.context.ApplicationContext context) {
		return context.getBean(StoreDetailsResolver.class).settings().orElseThrow();
	}

	@Test
	void isInTheApplicationsDatabase() {
		this.contextRunner.run((context) -> {
			assertThat(settings(context).url()).startsWith("jdbc:postgresql://db").contains("/shop");
			assertThat(settings(context).username()).isEqualTo("app");
			assertThat(settings(context).schema()).isEqualTo("bemi");
		});
	}

	@Test
	void goesAroundThePoolerWithTheSourceAndTheApplicationsRole() {
		this.contextRunner
			.withPropertyValues("bemi.replication.url=jdbc:postgresql://primary/shop",
					"bemi.replication.username=replicator")
			.run((context) -> {
				assertThat(settings(context).url()).isEqualTo("jdbc:postgresql://primary/shop");
				assertThat(settings(context).username()).isEqualTo("app");
				assertThat(settings(context).password()).isEqualTo("secret");
			});
	}

	@Test
	void isWhereThePropertiesSay() {
		this.contextRunner
			.withPropertyValues("bemi.store.url=jdbc:postgresql://audit/history", "bemi.store.username=keeper",
					"bemi.store.password=other", "bemi.store.schema=trail")
			.run((context) -> assertThat(settings(context))
				.isEqualTo(new StoreSettings("jdbc:postgresql://audit/history", "keeper", "other", "trail")));
	}

	@Test
	void isWithoutTamperEvidenceUnlessWanted() {
		this.contextRunner.run((context) -> assertThat(settings(context).tamperEvidence()).isFalse());
		this.contextRunner.withPropertyValues("bemi.store.tamper-evidence=true")
			.run((context) -> assertThat(settings(context).tamperEvidence()).isTrue());
	}

	@Test
	void keepsEverythingForEver() {
		this.contextRunner.run((context) -> assertThat(context.getBean(StoreDetailsResolver.class).retention())
			.isEqualTo(RetentionSettings.FOREVER));
	}

	@Test
	void keepsTheHistoryForAsLongAsThePropertiesSay() {
		this.contextRunner
			.withPropertyValues("bemi.store.retention.keep=24 months", "bemi.store.retention.tables[0].pattern=audit.*",
					"bemi.store.retention.tables[0].keep=90d", "bemi.store.retention.archive-directory=/var/archive",
					"bemi.store.retention.username=owner", "bemi.store.retention.password=secret")
			.run((context) -> assertThat(context.getBean(StoreDetailsResolver.class).retention())
				.isEqualTo(new RetentionSettings(Period.ofMonths(24),
						List.of(new TableRetention(new TablePattern("audit.*"), Period.ofDays(90))),
						Path.of("/var/archive"), new StoreOwner("owner", "secret"))));
	}

	@Test
	void saysWhichPropertyCannotBeFollowed() {
		this.contextRunner.withPropertyValues("bemi.store.retention.keep=two winters")
			.run((context) -> assertThatIllegalArgumentException()
				.isThrownBy(() -> context.getBean(StoreDetailsResolver.class).retention())
				.withMessageContaining("'bemi.store.retention'")
				.withMessageContaining("'24 months'"));
	}

	@Test
	void backsOffWhenDisabled() {
		this.contextRunner.withPropertyValues("bemi.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(StoreDetailsResolver.class));
	}

}
