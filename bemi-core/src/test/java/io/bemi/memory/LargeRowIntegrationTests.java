package io.bemi.memory;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rows are recorded in memory that is a small multiple of the largest.
 */
class LargeRowIntegrationTests {

	private static final boolean SOAK = Boolean.getBoolean("bemi.soak");

	private static final int ROWS = Integer.getInteger("bemi.memory.rows", SOAK ? 100 : 8);

	/** In MB, each. */
	private static final int SIZE = Integer.getInteger("bemi.memory.size", SOAK ? 50 : 10);

	private static final String HEAP = System.getProperty("bemi.memory.heap", SOAK ? "512m" : "104m");

	private static final Duration AT_MOST = SOAK ? Duration.ofHours(1) : Duration.ofMinutes(2);

	/**
	 * Of many different characters, some of which are escaped, so that it is never short.
	 */
	private static final String VALUE = "repeat(%s || 'é\"\\\n' || md5(i::text), " + SIZE + " << 20 >> 6)";

	private static final String TABLE = "CREATE TABLE document (id bigint PRIMARY KEY, title text, body text)";

	private static final String CHANGES = """
			SELECT operation, count(*), min(ordinal), max(ordinal),
			       count(*) FILTER (WHERE values ->> 'body' = %s),
			       count(*) FILTER (WHERE before ->> 'body' = %s), count(*) FILTER (WHERE unknown <> '{}'),
			       min(changed::text)
			  FROM bemi.changes, LATERAL (SELECT primary_key::bigint AS i) k
			 WHERE "table" = 'document' GROUP BY position, operation ORDER BY position
			""";

	private static String value(String text) {
		return VALUE.formatted("'" + text + "' || lpad(i::text, 20, '.')");
	}

	@Test
	void insertAndUpdateOfWhatWasUnchanged() throws Exception {
		try (SmallHeap heap = SmallHeap.of(HEAP, 18, TABLE)) {
			heap.record("INSERT of " + ROWS + " rows of " + SIZE + " MB", AT_MOST,
					"INSERT INTO document SELECT i, 'one', " + value("first") + " FROM generate_series(1, " + ROWS
							+ ") i");
			heap.record("UPDATE beside them", AT_MOST, "UPDATE document SET title = 'two'");
			heap.record("DELETE of them", AT_MOST, "DELETE FROM document");
			int last = ROWS - 1;
			assertThat(heap.query(CHANGES.formatted(value("first"), value("first")))).containsExactly(
					"CREATE|" + ROWS + "|0|" + last + "|" + ROWS + "|0|0|{}",
					"UPDATE|" + ROWS + "|0|" + last + "|" + ROWS + "|" + ROWS + "|0|{title}",
					"DELETE|" + ROWS + "|0|" + last + "|0|" + ROWS + "|0|{}");
		}
	}

	@Test
	void updateOfAllThatWasThere() throws Exception {
		try (SmallHeap heap = SmallHeap.of(HEAP, 18, TABLE, "ALTER TABLE document REPLICA IDENTITY FULL")) {
			heap.record("INSERT of " + ROWS + " rows of " + SIZE + " MB", AT_MOST,
					"INSERT INTO document SELECT i, 'one', " + value("first") + " FROM generate_series(1, " + ROWS
							+ ") i");
			heap.record("UPDATE of them, twice the size", AT_MOST, "UPDATE document SET body = "
					+ value("other").replace("(i::", "(id::").replace("i::text, 20", "id::text, 20"));
			int last = ROWS - 1;
			assertThat(heap.query(CHANGES.formatted(value("first"), value("first"))))
				.contains("CREATE|" + ROWS + "|0|" + last + "|" + ROWS + "|0|0|{}");
			assertThat(heap.query(CHANGES.formatted(value("other"), value("first"))))
				.contains("UPDATE|" + ROWS + "|0|" + last + "|" + ROWS + "|" + ROWS + "|0|{body}");
		}
	}

}
