package io.bemi.autoconfigure.revert;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import io.bemi.autoconfigure.query.BemiQueryAutoConfiguration;
import io.bemi.autoconfigure.replication.BemiReplicationAutoConfiguration;
import io.bemi.autoconfigure.store.BemiStoreAutoConfiguration;
import io.bemi.autoconfigure.timetravel.BemiTimeTravelAutoConfiguration;
import io.bemi.query.Changes;
import io.bemi.revert.JdbcReverter;
import io.bemi.revert.RevertListener;
import io.bemi.revert.RevertReport;
import io.bemi.revert.Reverter;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

class BemiRevertAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BemiReplicationAutoConfiguration.class,
				BemiStoreAutoConfiguration.class, BemiQueryAutoConfiguration.class,
				BemiTimeTravelAutoConfiguration.class, BemiRevertAutoConfiguration.class));

	@Test
	void contributesReverts() {
		this.contextRunner.withBean(DataSource.class, PGSimpleDataSource::new)
			.run((context) -> assertThat(context).hasSingleBean(Reverter.class)
				.getBean(Reverter.class)
				.isInstanceOf(JdbcReverter.class));
	}

	@Test
	void publishesReportsAsEvents() {
		this.contextRunner.withBean(DataSource.class, PGSimpleDataSource::new).withBean(Heard.class).run((context) -> {
			RevertReport report = new RevertReport(1L, 1, 2, 3, List.of(), Map.of());
			context.getBean(RevertListener.class).reverted(Mockito.mock(io.bemi.revert.RevertPlan.class), report);
			assertThat(context.getBean(Heard.class).reports).containsExactly(report);
		});
	}

	@Test
	void refusesALimitThatIsNone() {
		this.contextRunner.withBean(DataSource.class, PGSimpleDataSource::new)
			.withPropertyValues("bemi.revert.max-changes=0")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessage("'maxChanges' must be positive, but is 0"));
	}

	@Test
	void backsOffForTheUsersBean() {
		Reverter own = Mockito.mock(Reverter.class);
		this.contextRunner.withBean(DataSource.class, PGSimpleDataSource::new)
			.withBean(Reverter.class, () -> own)
			.run((context) -> assertThat(context.getBean(Reverter.class)).isSameAs(own));
	}

	@Test
	void backsOffWithoutDataSource() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(Reverter.class));
	}

	@Test
	void backsOffWithoutHistory() {
		this.contextRunner.withPropertyValues("bemi.enabled=false")
			.withBean(DataSource.class, PGSimpleDataSource::new)
			.run((context) -> assertThat(context).doesNotHaveBean(Reverter.class).doesNotHaveBean(Changes.class));
	}

	static class Heard {

		private final List<RevertReport> reports = new ArrayList<>();

		@EventListener
		void hear(RevertReport report) {
			this.reports.add(report);
		}

	}

}
