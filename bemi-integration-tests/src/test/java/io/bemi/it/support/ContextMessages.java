package io.bemi.it.support;

import java.util.List;

import io.bemi.testsupport.TestDatabase;

/**
 * The context messages in a database's write-ahead log, for counting them.
 */
public final class ContextMessages {

	private final TestDatabase database;

	private final String slot;

	/**
	 * Listens from now on.
	 */
	public ContextMessages(TestDatabase database) {
		this.database = database;
		this.slot = "messages_" + database.name();
		database.query("SELECT pg_create_logical_replication_slot('" + this.slot + "', 'test_decoding')");
	}

	/**
	 * The messages with prefix {@code _bemi} of transactions that have committed since
	 * the last call.
	 * @return their content, in order of commit
	 */
	public List<String> next() {
		// Only what is flushed is decoded, and the test servers commit asynchronously.
		this.database
			.execute("SET synchronous_commit = on; SELECT pg_logical_emit_message(true, 'flush', 'x'); COMMIT");
		return this.database
			.query("SELECT data FROM pg_logical_slot_get_changes('" + this.slot + "', NULL, NULL)"
					+ " WHERE data LIKE 'message:%prefix: \\_bemi,%'")
			.stream()
			.map((line) -> line.substring(line.indexOf("content:") + "content:".length()))
			.toList();
	}

}
