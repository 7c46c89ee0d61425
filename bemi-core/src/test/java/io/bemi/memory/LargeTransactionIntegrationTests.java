package io.bemi.memory;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Transactions of any size are recorded in memory that does not grow with them.
 */
class LargeTransactionIntegrationTests {

	private static final boolean SOAK = Boolean.getBoolean("bemi.soak");

	private static final int ROWS = Integer.getInteger("bemi.memory.rows", SOAK ? 5_000_000 : 100_000);

	private static final int STATEMENTS = Integer.getInteger("bemi.memory.statements", SOAK ? 1_000_000 : 60_000);

	private static final String HEAP = System.getProperty("bemi.memory.heap", SOAK ? "128m" : "40m");

	private static final Duration AT_MOST = SOAK ? Duration.ofMinutes(30) : Duration.ofMinutes(2);

	/** In the order of the history, whose numbers must not have holes. */
	private static final String SUMMARY = """
			SELECT operation, count(*), min(ordinal), max(ordinal), count(DISTINCT ordinal), count(DISTINCT context),
			       count(*) FILTER (WHERE primary_key::bigint = ordinal + 1)
			  FROM bemi.change WHERE relation IN (SELECT id FROM bemi.relation WHERE name = 'item')
			 GROUP BY position, operation ORDER BY position
			""";

	@Test
	void insertUpdateAndDelete() throws Exception {
		try (SmallHeap heap = SmallHeap.of(HEAP, 18,
				"CREATE TABLE item (id bigint PRIMARY KEY, name text, amount numeric(12, 2), at timestamptz)")) {
			heap.record("INSERT of " + ROWS, AT_MOST,
					"INSERT INTO item SELECT i, 'item ' || i, i / 100.0, to_timestamp(i) FROM generate_series(1, "
							+ ROWS + ") i");
			heap.record("UPDATE of " + ROWS, AT_MOST, "UPDATE item SET amount = amount + 1");
			heap.record("DELETE of " + ROWS, AT_MOST, "DELETE FROM item");
			String all = "|" + ROWS + "|0|" + (ROWS - 1) + "|" + ROWS + "|1|" + ROWS;
			assertThat(heap.query(SUMMARY)).containsExactly("C" + all, "U" + all, "D" + all);
			assertThat(heap.query("""
					SELECT operation, primary_key, values ->> 'amount', before ->> 'amount', before ->> 'name', unknown
					  FROM bemi.changes WHERE "table" = 'item' AND primary_key IN ('1', '%d') ORDER BY id
					""".formatted(ROWS))).containsExactly(row("CREATE", "1", "0.01", null, null),
					row("CREATE", "" + ROWS, money(0), null, null), row("UPDATE", "1", "1.01", "0.01", "item 1"),
					row("UPDATE", "" + ROWS, money(1), money(0), "item " + ROWS),
					row("DELETE", "1", null, "1.01", "item 1"),
					row("DELETE", "" + ROWS, null, money(1), "item " + ROWS));
		}
	}

	private static String row(String operation, String key, @Nullable String amount, @Nullable String before,
			@Nullable String name) {
		return operation + "|" + key + "|" + amount + "|" + before + "|" + name + "|{}";
	}

	private static String money(int more) {
		return "%d.%02d".formatted(ROWS / 100 + more, ROWS % 100);
	}

	/**
	 * Each statement of a session without the proxy has its own message.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "i % 2", "i" })
	void everyStatementHasAContext(String context) throws Exception {
		try (SmallHeap heap = SmallHeap.of(HEAP, 18, "CREATE TABLE item (id bigint PRIMARY KEY, context text)")) {
			heap.record(STATEMENTS + " statements with contexts of " + context, AT_MOST, """
					DO $$ BEGIN FOR i IN 1..%d LOOP
					  PERFORM set_config('bemi.context', '{"context": "' || %s || '", "%s": 1}', true);
					  INSERT INTO item VALUES (i, %s);
					END LOOP; END $$
					""".formatted(STATEMENTS, context, "x".repeat(600), context));
			assertRowsHaveTheirContexts(heap);
		}
	}

	/**
	 * The application's message makes void what the session has said before.
	 */
	@Test
	void theApplicationSpeaksLast() throws Exception {
		try (SmallHeap heap = SmallHeap.of(HEAP, 18, "CREATE TABLE item (id bigint PRIMARY KEY, context text)")) {
			heap.record(STATEMENTS + " statements, then the application", AT_MOST, """
					DO $$ BEGIN FOR i IN 1..%d LOOP
					  PERFORM set_config('bemi.context', '{"context": "session ' || i || '"}', true);
					  INSERT INTO item VALUES (i, 'application');
					END LOOP;
					PERFORM pg_logical_emit_message(true, '_bemi', '{"context": "application"}');
					END $$
					""".formatted(STATEMENTS));
			assertRowsHaveTheirContexts(heap);
		}
	}

	@Test
	void everyStatementIsASubtransaction() throws Exception {
		try (SmallHeap heap = SmallHeap.of(HEAP, 18, "CREATE TABLE item (id bigint PRIMARY KEY, context text)")) {
			heap.record(STATEMENTS + " subtransactions", AT_MOST, """
					DO $$ BEGIN FOR i IN 1..%d LOOP
					  BEGIN
					    PERFORM set_config('bemi.context', '{"context": "' || i %% 3 || '"}', true);
					    INSERT INTO item VALUES (i, i %% 3);
					  EXCEPTION WHEN division_by_zero THEN NULL;
					  END;
					END LOOP; END $$
					""".formatted(STATEMENTS));
			assertRowsHaveTheirContexts(heap);
		}
	}

	private static void assertRowsHaveTheirContexts(SmallHeap heap) {
		assertThat(heap.query("""
				SELECT count(*), min(ordinal), max(ordinal), count(DISTINCT ordinal),
				       count(*) FILTER (WHERE primary_key::bigint = ordinal + 1),
				       count(*) FILTER (WHERE values ->> 'context' = metadata ->> 'context')
				  FROM bemi.changes WHERE "table" = 'item'
				""")).containsExactly(
				STATEMENTS + "|0|" + (STATEMENTS - 1) + "|" + STATEMENTS + "|" + STATEMENTS + "|" + STATEMENTS);
		System.out.println("Contexts: " + heap.query("SELECT count(*) FROM bemi.context"));
	}

	/**
	 * Small in themselves, but many, and each with a context that is not small.
	 */
	@Test
	void manyTransactions() throws Exception {
		try (SmallHeap heap = SmallHeap.of(HEAP, 18, "CREATE TABLE item (id bigint PRIMARY KEY, context text)")) {
			heap.record(STATEMENTS + " transactions", AT_MOST, """
					DO $$ BEGIN FOR i IN 1..%d LOOP
					  INSERT INTO item VALUES (i, i);
					  PERFORM pg_logical_emit_message(true, '_bemi', '{"context": "' || i || '", "long": "%s"}');
					  COMMIT;
					END LOOP; END $$
					""".formatted(STATEMENTS, "x".repeat(2_000)));
			assertThat(heap.query("""
					SELECT count(*), count(DISTINCT transaction_id),
					       count(*) FILTER (WHERE values ->> 'context' = metadata ->> 'context')
					  FROM bemi.changes WHERE "table" = 'item'
					""")).containsExactly(STATEMENTS + "|" + STATEMENTS + "|" + STATEMENTS);
		}
	}

}
