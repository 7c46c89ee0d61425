package io.bemi.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.bemi.connection.Autocommit;
import io.bemi.connection.BemiDataSource;
import io.bemi.context.BemiContext;
import io.bemi.context.ContextMeter;
import io.bemi.context.ContextWriter;
import io.bemi.context.OnError;
import io.bemi.context.TraceSource;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StubDriver}: that there is something to measure in front of it.
 */
class StubDriverTests {

	@Test
	void itsTransactionsCarryContexts() throws Exception {
		AtomicInteger sent = new AtomicInteger();
		ContextWriter writer = new ContextWriter(OnError.RECORD, 4096, List.of(), TraceSource.NONE, new ContextMeter() {
			@Override
			public void sent() {
				sent.incrementAndGet();
			}
		});
		try (Connection connection = new BemiDataSource(StubDriver.dataSource(), writer, Autocommit.WRAP)
			.getConnection(); BemiContext.Scope scope = BemiContext.open(Map.of("user", "alice"))) {
			connection.setAutoCommit(false);
			try (PreparedStatement statement = connection.prepareStatement("UPDATE item SET name = ?")) {
				statement.executeUpdate();
			}
			connection.commit();
		}
		assertThat(sent).hasValue(1);
	}

}
