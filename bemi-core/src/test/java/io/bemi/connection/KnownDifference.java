package io.bemi.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/**
 * What an application can tell, exactly. Each kind is described in
 * {@code docs/differences.md}.
 *
 * @param kind why
 * @param scenario where
 * @param settings under which configurations
 * @param plain the lines that only the plain connection shows
 * @param proxied the lines that only the proxied connection shows
 * @param uncovered the rows that have no context, or {@link #ALL_ROWS}
 */
record KnownDifference(Kind kind, String scenario, Predicate<DriverSettings> settings, List<String> plain,
		List<String> proxied, List<String> uncovered) {

	/** None of the rows that are left has a context. */
	static final List<String> ALL_ROWS = List.of("all rows");

	private static final Predicate<DriverSettings> ANY = (settings) -> true;

	private static final Predicate<DriverSettings> SIMPLE = (settings) -> settings == DriverSettings.SIMPLE;

	private static final Predicate<DriverSettings> EXTENDED = SIMPLE.negate();

	private static final String DUPLICATE = "ERROR: duplicate key value violates unique constraint \"item_pkey\"\n"
			+ "  Detail: Key (id)=(%d) already exists.";

	private static final String ABORTED = ", 25P02 ERROR: current transaction is aborted, commands ignored until end of"
			+ " transaction block";

	private static final List<KnownDifference> ALL = all();

	enum Kind {

		/** In autocommit, but no text whose first word says that it writes. */
		NOT_WRAPPED,

		/** A procedure or a text that begins or ends transactions itself. */
		COMMITS_ITSELF,

		/** Written on the driver's own connection, in autocommit. */
		PAST_THE_PROXY,

		/** A batch in autocommit that fails leaves nothing. */
		FAILING_BATCH,

		/** A write in autocommit whose client has gone is rolled back. */
		ABANDONED,

		/** A transaction or batch survives that the driver would lose. */
		SURVIVES

	}

	static @Nullable KnownDifference of(String scenario, DriverSettings settings) {
		return ALL.stream()
			.filter((known) -> known.scenario().equals(scenario) && known.settings().test(settings))
			.findFirst()
			.orElse(null);
	}

	private static List<KnownDifference> all() {
		List<KnownDifference> all = new ArrayList<>();
		all.add(noContext(Kind.NOT_WRAPPED, "auto: statements of every kind", items(11)));
		all.add(noContext(Kind.NOT_WRAPPED, "auto: definition of tables",
				List.of("made: 1", "made_too: 2", "item: 1")));
		all.add(noContext(Kind.NOT_WRAPPED, "auto: read only", items(1)));
		all.add(noContext(Kind.COMMITS_ITSELF, "auto: batch of what cannot run in a transaction", ALL_ROWS));
		all.add(noContext(Kind.COMMITS_ITSELF, "auto: callables", items(62, 1062)));
		all.add(noContext(Kind.COMMITS_ITSELF, "auto: procedure that commits", items(1, 1001, 2, 3, 4)));
		all.add(noContext(Kind.COMMITS_ITSELF, "auto: procedure that commits, as a callable", items(91, 1091)));
		all.add(noContext(Kind.COMMITS_ITSELF, "auto: transaction as text", items(2)));
		all.add(noContext(Kind.COMMITS_ITSELF, "commit within a text", items(1, 2, 3, 4, 5, 7)));
		all.add(noContext(Kind.COMMITS_ITSELF, "auto: commit within a text", items(1, 2, 3, 4, 5, 7)));
		all.add(noContext(Kind.PAST_THE_PROXY, "auto: copy", items(1, 2)));
		all.add(noContext(Kind.PAST_THE_PROXY, "driver's own connection", items(1)));
		all.add(noContext(Kind.PAST_THE_PROXY, "auto: driver's own connection", items(1, 2)));
		for (String scenario : new String[] { "auto: network time-out", "auto: abort while a statement runs" }) {
			all.add(new KnownDifference(Kind.ABANDONED, scenario, ANY, List.of("item(2,b)"), List.of(), List.of()));
		}
		failingBatches(all);
		survivals(all);
		return all;
	}

	private static void failingBatches(List<KnownDifference> all) {
		List<String> left = List.of("item(1,b)", "item(2,b)", "item(3,b)");
		all.add(new KnownDifference(Kind.FAILING_BATCH, "auto: failing batch", SIMPLE,
				with(failure(2, 1, "", "", "1 x2, -3, 1"), left), List.of(failure(2, 1, "", ABORTED, "-3 x4")),
				List.of()));
		String returning = "\nRETURNING \"id\"";
		all.add(new KnownDifference(Kind.FAILING_BATCH, "auto: failing batch with keys", SIMPLE,
				with(failure(2, 1, returning, "", "1 x2, -3, 1"), with("keys: 1,;2,;3,; IDLE auto", left)),
				List.of(failure(2, 1, returning, ABORTED, "-3 x4"), "keys:  IDLE auto"), List.of()));
		all.add(failingBatchOfMany(SIMPLE, 299, "1 x290, -3, 1 x9", ABORTED + " x9"));
		all.add(failingBatchOfMany(EXTENDED.and((settings) -> !settings.rewrites()), 255, "1 x255, -3 x45", ""));
	}

	// The driver waits for the server after each 256 entries, in simple mode after each.
	private static KnownDifference failingBatchOfMany(Predicate<DriverSettings> settings, int kept, String counts,
			String next) {
		return new KnownDifference(Kind.FAILING_BATCH, "auto: failing batch of many", settings,
				List.of(failure(290, 0, "", "", counts),
						"SELECT count(*) FROM item: [" + kept + ",;] warnings=[] IDLE auto",
						"DELETE FROM item: [" + kept + "] warnings=[] IDLE auto"),
				List.of(failure(290, 0, "", next, "-3 x300"), "SELECT count(*) FROM item: [0,;] warnings=[] IDLE auto",
						"DELETE FROM item: [0] warnings=[] IDLE auto"),
				List.of());
	}

	// What the driver keeps prepared for COMMIT is gone: it loses the transaction, with
	// an exception or, under autosave, without.
	private static void survivals(List<KnownDifference> all) {
		String scenario = "server forgets statements before commit";
		all.add(new KnownDifference(Kind.SURVIVES, scenario, DriverSettings::isAutosave, List.of(),
				List.of("item(20,a)"), List.of()));
		all.add(new KnownDifference(Kind.SURVIVES, scenario,
				(settings) -> settings == DriverSettings.NO_STATEMENT_CACHE,
				List.of("commit: ! org.postgresql.util.PSQLException [26000 ERROR: prepared statement \"N\" does not"
						+ " exist] FAILED",
						"INSERT INTO item VALUES (21, 'a'): ! org.postgresql.util.PSQLException [25P02 ERROR: current"
								+ " transaction is aborted, commands ignored until end of transaction block] FAILED"),
				List.of("INSERT INTO item VALUES (21, 'a'): [1] warnings=[] OPEN", "commit: done IDLE", "item(20,a)",
						"item(21,a)"),
				List.of()));
	}

	private static String failure(int entry, int key, String returning, String next, String counts) {
		String duplicate = DUPLICATE.formatted(key);
		return "batch: ! java.sql.BatchUpdateException [23505 Batch entry " + entry + " INSERT INTO item VALUES (('"
				+ key + "'::int4), 'b')" + returning + " was aborted: " + duplicate
				+ "  Call getNextException to see other errors in the batch., 23505 " + duplicate + next + "][" + counts
				+ "] IDLE auto";
	}

	private static List<String> with(String first, List<String> rest) {
		List<String> all = new ArrayList<>(List.of(first));
		all.addAll(rest);
		return all;
	}

	private static KnownDifference noContext(Kind kind, String scenario, List<String> rows) {
		return new KnownDifference(kind, scenario, ANY, List.of(), List.of(), rows);
	}

	private static List<String> items(int... ids) {
		return IntStream.of(ids).mapToObj((id) -> "item: " + id).toList();
	}

}
