package io.bemi.autoconfigure.ingestion;

import javax.sql.DataSource;

import io.bemi.autoconfigure.replication.BemiReplicationAutoConfiguration;
import io.bemi.autoconfigure.store.BemiStoreAutoConfiguration;
import io.bemi.ingestion.IngestionStatus;
import io.bemi.ingestion.IngestionStatus.Phase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
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
	void backsOffWhenIngestionIsDisabled() {
		this.contextRunner.withPropertyValues("bemi.ingestion.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(BemiIngestion.class));
	}

	@Test
	void backsOffWhenDisabled() {
		this.contextRunner.withPropertyValues("bemi.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(BemiIngestion.class));
	}

}
