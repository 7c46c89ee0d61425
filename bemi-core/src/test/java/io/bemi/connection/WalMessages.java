package io.bemi.connection;

import java.util.ArrayList;
import java.util.List;

import io.bemi.testsupport.TestDatabase;

/**
 * What a database's transactions have left in the WAL, by {@code test_decoding}: rows and
 * messages in the order of their LSN.
 */
final class WalMessages {

	private final TestDatabase database;

	private final String slot;

	WalMessages(TestDatabase database) {
		this.database = database;
		this.slot = "slot_" + database.name();
		database.query("SELECT pg_create_logical_replication_slot('" + this.slot + "', 'test_decoding')");
	}

	/**
	 * The lines since the last call, without those of transactions that hold nothing.
	 */
	List<String> lines() {
		// Only what is flushed is decoded, and the test servers commit asynchronously.
		this.database
			.execute("SET synchronous_commit = on; SELECT pg_logical_emit_message(true, 'flush', 'x'); COMMIT");
		List<String> lines = new ArrayList<>();
		// A message has the position where it ends, which is where the next row begins:
		// where they come from different subtransactions, either may come first.
		for (String line : this.database.query("SELECT data FROM (SELECT row_number() OVER () AS number, lsn, data"
				+ " FROM pg_logical_slot_get_changes('" + this.slot + "', NULL, NULL, 'include-xids', 'false',"
				+ " 'skip-empty-xacts', 'true')) AS change ORDER BY CASE WHEN data LIKE 'message: transactional: 1%'"
				+ " AND lag(lsn) OVER (ORDER BY number) = lsn AND lag(data) OVER (ORDER BY number) LIKE 'table %'"
				+ " THEN number - 1.5 ELSE number END")) {
			if (line.contains("prefix: flush,")) {
				continue;
			}
			if (line.startsWith("message: transactional: 1")) {
				lines.add(line.replaceFirst("message: transactional: 1 prefix: (\\S+), sz: \\d+ content:", "$1 "));
			}
			else if (line.equals("COMMIT") && !lines.isEmpty() && lines.get(lines.size() - 1).equals("BEGIN")) {
				// What is left of the flush on newer versions.
				lines.remove(lines.size() - 1);
			}
			else {
				lines.add(line);
			}
		}
		return lines;
	}

	/**
	 * Only the messages.
	 */
	List<String> messages() {
		return lines().stream().filter((line) -> line.startsWith("_bemi")).toList();
	}

}
