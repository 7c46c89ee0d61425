package io.bemi.sample;

import io.bemi.query.IngestionBarrier;
import io.bemi.query.EntityTables;
import io.bemi.query.JdbcChanges;
import io.bemi.query.QuerySettings;
import io.bemi.replication.ReplicationSettings;
import io.bemi.test.TestStates;
import io.bemi.test.TestStatesExtension;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The tests of {@link AbstractSampleTests}, against the packaged sample, processed ahead
 * of time.
 */
class AotSampleIntegrationTests extends AbstractSampleTests {

	@RegisterExtension
	@Order(1)
	static final AotSample sample = new AotSample();

	@RegisterExtension
	@Order(2)
	static final TestStatesExtension states = TestStatesExtension.of(new TestStates(sample.dataSource()),
			new JdbcChanges(sample.dataSource(), QuerySettings.of("bemi"), EntityTables.NONE,
					new IngestionBarrier(sample.dataSource(), ReplicationSettings.slotOf(sample.database().name()))));

	@Override
	int port() {
		return sample.port();
	}

	@Override
	TestDatabase database() {
		return sample.database();
	}

}
