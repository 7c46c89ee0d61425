package io.bemi.it.entrypoint;

import java.util.Map;

import io.bemi.testsupport.PostgresServer;

/**
 * A thread of the application that nothing is known about but its database session.
 */
class NothingRow implements EntryPointRow {

	private final Writes writes;

	NothingRow(Writes writes) {
		this.writes = writes;
	}

	@Override
	public void enter(Entry entry) {
		this.writes.write(entry);
	}

	@Override
	public Map<String, Object> context(Entry entry) {
		return Map.of("_bemi", Map.of("db",
				Map.of("user", PostgresServer.shared().username(), "application", "PostgreSQL JDBC Driver")));
	}

}
