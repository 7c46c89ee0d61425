package io.bemi.timetravel;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.Period;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.bemi.context.ContextValues;
import io.bemi.ingestion.TablePattern;
import io.bemi.store.ChainAnchor;
import io.bemi.store.ChainBreak;
import io.bemi.store.ChainReport;
import io.bemi.store.ChainVerifier;
import io.bemi.store.RetentionSettings;
import io.bemi.store.RetentionSettings.TableRetention;
import io.bemi.store.Upkeep;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is read of each moment that is left is what a copy taken at that moment says,
 * after months before it were dropped, and while they are.
 */
class RetentionIntegrationTests {

	private static final String[] TABLES = { """
			CREATE TABLE tick (n integer PRIMARY KEY);
			INSERT INTO tick VALUES (0);
			CREATE TABLE list (id bigint PRIMARY KEY, name text NOT NULL, note text);
			CREATE TABLE todo (id bigint PRIMARY KEY, list_id bigint, task text, cost numeric(10, 2));
			CREATE TABLE tag (todo_id bigint, tag text, weight integer, PRIMARY KEY (todo_id, tag));
			CREATE TABLE code (code varchar(20) PRIMARY KEY, meaning text);
			CREATE TABLE token (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), holder text);
			ALTER TABLE token REPLICA IDENTITY FULL;
			CREATE TABLE log (line text, number integer);
			ALTER TABLE log REPLICA IDENTITY FULL;
			CREATE TABLE shape (id integer PRIMARY KEY, a text, b integer);
			CREATE TABLE heap (a text, b integer);
			ALTER TABLE heap REPLICA IDENTITY FULL;
			INSERT INTO list SELECT i, 'list ' || i, repeat(md5(i::text), 200) FROM generate_series(1, 2500) i;
			INSERT INTO todo SELECT i, 1 + i % 5, 'task ' || i, i FROM generate_series(1, 20) i;
			INSERT INTO log SELECT 'line ' || i % 3, i % 2 FROM generate_series(1, 10) i;
			INSERT INTO code VALUES ('a', 'first'), ('b', 'second'), ('', 'empty');
			INSERT INTO shape SELECT i, 'a' || i, i FROM generate_series(1, 12) i;
			INSERT INTO heap SELECT 'a' || i % 2, i FROM generate_series(1, 12) i
			""" };

	private static final List<String> NAMES = List.of("list", "todo", "tag", "code", "token", "log");

	/** Their columns are not always the same. */
	private static final List<String> ALTERED = List.of("shape", "heap");

	private static final String[][] ALTERATIONS = { {},
			{ "ALTER TABLE shape ADD COLUMN c integer DEFAULT 7", "ALTER TABLE heap ADD COLUMN c integer DEFAULT 7",
					"UPDATE shape SET b = b + 1 WHERE id < 4", "DELETE FROM heap WHERE b < 4" },
			{ "ALTER TABLE shape RENAME COLUMN a TO name", "ALTER TABLE heap RENAME COLUMN a TO name",
					"UPDATE shape SET c = 8 WHERE id IN (1, 5)", "UPDATE heap SET c = 8 WHERE b IN (5, 6)" },
			{ "ALTER TABLE shape DROP COLUMN b", "DELETE FROM shape WHERE id = 6", "DELETE FROM heap WHERE b > 10" },
			{ "UPDATE shape SET name = name || '!'", "UPDATE heap SET name = name || '!'" } };

	private static final int PHASES = ALTERATIONS.length;

	/** Transactions of a phase, and those of them after which a copy is taken. */
	private static final int STEPS = Boolean.getBoolean("bemi.soak") ? 64 : 24;

	private static final int COPIED = Boolean.getBoolean("bemi.soak") ? 16 : 12;

	/** How old a phase is made, in days: each in another month. */
	private static final int AGE = 40;

	private final Random random = new Random(7);

	/** By transaction; of each phase. */
	private final List<TreeMap<Long, List<List<String>>>> moments = new ArrayList<>();

	private static RetentionSettings keep(int days) {
		return new RetentionSettings(Period.ofDays(days), List.of(), null);
	}

	/**
	 * So that the phases before one are dropped.
	 */
	private static RetentionSettings keepFrom(int phase) {
		return keep((PHASES - 1 - phase) * AGE + 5);
	}

	@ParameterizedTest
	@CsvSource({ "14, false", "18, true" })
	void whatIsLeftIsAsItWas(int version, boolean elsewhere) throws Exception {
		try (Recording recording = Recording.of(version, elsewhere, Set.of(), TABLES)) {
			work(recording);
			Upkeep.look(recording.store(), keepFrom(2), () -> false);
			assertRun(recording, 1);
			assertLeft(recording, 2);
			Upkeep.look(recording.store(), keepFrom(3), () -> false);
			assertRun(recording, 2);
			assertLeft(recording, 3);
			Upkeep.look(recording.store(), keepFrom(3), () -> false);
			assertRun(recording, 2);
			assertBefore(recording);
			assertLeft(recording, 3);
		}
	}

	@ParameterizedTest
	@CsvSource({ "14, false", "18, true" })
	void theChainLeadsPastWhatIsDropped(int version, boolean elsewhere) throws Exception {
		try (Recording recording = Recording.chained(version, elsewhere, TABLES)) {
			work(recording);
			Upkeep.chain(recording.store());
			ChainReport before = Upkeep.verify(recording.store());
			assertThat(before.uncovered()).isZero();
			ChainAnchor head = anchor(recording);
			String[] first = recording.store()
				.query("SELECT number, encode(digest, 'hex') FROM bemi.link WHERE kind = 'T' ORDER BY number LIMIT 1")
				.get(0)
				.split("\\|");
			ChainAnchor dropped = new ChainAnchor(head.source(), Long.parseLong(first[0]), first[1], "{}");
			assertThat(broken(recording, dropped)).isNull();
			for (int phase = 2; phase <= 3; phase++) {
				Upkeep.look(recording.store(), keepFrom(phase), () -> false);
				assertRun(recording, phase - 1);
				ChainReport report = Upkeep.verify(recording.store());
				assertThat(report.uncovered()).isZero();
				assertThat(report.changes()).isBetween(2_500L, before.changes() - 1);
				assertLeft(recording, phase);
			}
			ChainReport left = Upkeep.verify(recording.store());
			assertBefore(recording);
			assertThat(Upkeep.verify(recording.store()).changes()).isGreaterThan(left.changes() + 2_500);
			assertThat(recording.store().query("SELECT count(*) > 1 FROM bemi.dropped_link")).containsExactly("t");
			assertThat(broken(recording, head)).isNull();
			assertThat(broken(recording, dropped)).extracting(ChainBreak::kind)
				.isEqualTo(ChainBreak.Kind.ANCHOR_DROPPED);
			recording.store()
				.execute("SET session_replication_role = replica",
						"UPDATE bemi.change_kept SET image = image || '{\"name\": \"another\"}'"
								+ " WHERE primary_key = '2000' AND image ? 'name'");
			assertThat(Upkeep.broken(recording.store())).isEqualTo("CHANGE_CHANGED");
		}
	}

	private static @Nullable ChainBreak broken(Recording recording, ChainAnchor anchor) {
		return new ChainVerifier(recording.store().dataSource(), "bemi").verify(anchor).broken();
	}

	private static ChainAnchor anchor(Recording recording) {
		return new ChainVerifier(recording.store().dataSource(), "bemi").anchors().get(0);
	}

	@ParameterizedTest
	@CsvSource({ "14, false", "18, true" })
	void goesOnWhereItWasKilled(int version, boolean chained) throws Exception {
		try (Recording recording = chained ? Recording.chained(version, false, TABLES)
				: Recording.of(version, false, Set.of(), TABLES)) {
			work(recording);
			if (chained) {
				Upkeep.chain(recording.store());
			}
			int kills = 0;
			boolean done = false;
			while (!done) {
				try {
					Upkeep.look(recording.store(), keepFrom(2), () -> {
						throw new IllegalStateException("killed");
					});
					done = recording.store()
						.query("SELECT bool_and(ended_at IS NOT NULL) FROM bemi.retention_run")
						.contains("t");
				}
				catch (IllegalStateException ex) {
					kills++;
					if (chained) {
						Upkeep.verify(recording.store());
					}
					List<Long> left = new ArrayList<>(this.moments.get(2 + kills % 3).keySet());
					assertMoment(recording, 2 + kills % 3, left.get(kills % left.size()));
				}
			}
			assertThat(kills).isGreaterThan(12);
			assertRun(recording, 1);
			assertLeft(recording, 2);
			assertBefore(recording);
		}
	}

	@Test
	void nobodyWaitsWhileMonthsAreDropped() throws Exception {
		try (Recording recording = Recording.of(18, false, Set.of(), TABLES)) {
			work(recording);
			AtomicBoolean done = new AtomicBoolean();
			long[] longest = new long[2];
			Thread writer = new Thread(() -> {
				while (!done.get()) {
					long begun = System.nanoTime();
					recording.await(recording.transact("UPDATE tick SET n = n + 1"));
					longest[0] = Math.max(longest[0], System.nanoTime() - begun);
				}
			});
			Thread reader = new Thread(() -> {
				long transaction = this.moments.get(3).firstKey();
				while (!done.get()) {
					long begun = System.nanoTime();
					assertMoment(recording, 3, transaction);
					longest[1] = Math.max(longest[1], System.nanoTime() - begun);
				}
			});
			List<Throwable> failures = new ArrayList<>();
			for (Thread thread : List.of(writer, reader)) {
				thread.setUncaughtExceptionHandler((any, ex) -> failures.add(ex));
				thread.start();
			}
			Upkeep.look(recording.store(), keepFrom(2), () -> false);
			done.set(true);
			writer.join();
			reader.join();
			assertThat(failures).isEmpty();
			assertThat(Math.max(longest[0], longest[1])).isBetween(1L, TimeUnit.SECONDS.toNanos(10));
			assertRun(recording, 1);
			assertLeft(recording, 2);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void tablesMayBeKeptForAShorterTime(boolean chained) throws Exception {
		try (Recording recording = chained ? Recording.chained(18, false, TABLES)
				: Recording.of(18, false, Set.of(), TABLES)) {
			work(recording);
			if (chained) {
				Upkeep.chain(recording.store());
			}
			List<TableRetention> shorter = new ArrayList<>();
			for (String pattern : List.of("*.todo", "log", "public.co*")) {
				shorter.add(new TableRetention(new TablePattern(pattern), Period.ofDays(2 * AGE + 5)));
			}
			Upkeep.look(recording.store(), new RetentionSettings(null, shorter, null), () -> false);
			String rows = "SELECT count(*) > 0 FROM bemi.changes WHERE \"table\" = '%s' AND committed_at < now() - interval '95 days'";
			for (String name : List.of("todo", "log", "code", "list", "token")) {
				assertThat(recording.store().query(rows.formatted(name))).as(name)
					.containsExactly(Set.of("list", "token").contains(name) ? "t" : "f");
			}
			for (int phase = 2; phase < PHASES; phase++) {
				for (long transaction : this.moments.get(phase).keySet()) {
					assertMoment(recording, phase, transaction);
				}
			}
			long early = this.moments.get(0).lastKey();
			assertThat(recording.travel().asOf(early).rows("list")).hasSize(2_500);
			assertThatExceptionOfType(TimeTravelException.class)
				.isThrownBy(() -> recording.travel().asOf(early).rows("todo"))
				.withMessageContaining("what is known of it begins at");
			assertBefore(recording);
			if (chained) {
				assertThat(Upkeep.verify(recording.store()).removed()).isPositive();
				Upkeep.look(recording.store(), keepFrom(3), () -> false);
				Upkeep.verify(recording.store());
				assertLeft(recording, 3);
			}
		}
	}

	@Test
	void whatADatabaseAdministratorAsksForIsDropped() throws Exception {
		try (Recording recording = Recording.of(18, false, Set.of(), TABLES)) {
			work(recording);
			recording.store()
				.execute("SELECT bemi.drop_history(now() - interval '%d days')".formatted((PHASES - 2) * AGE - 35));
			Upkeep.look(recording.store(), RetentionSettings.FOREVER, () -> false);
			assertRun(recording, 1);
			assertThat(recording.store()
				.query("SELECT requested_by = session_user, carried > 2500 FROM bemi.retention_run"))
				.containsExactly("t|t");
			assertLeft(recording, 2);
			recording.store().execute("SELECT bemi.drop_history(now())");
			assertThatExceptionOfType(Exception.class)
				.isThrownBy(() -> recording.store().execute("SELECT bemi.drop_history(now() + interval '1 day')"))
				.withMessageContaining("up to now");
		}
	}

	private void work(Recording recording) throws SQLException {
		List<String> ends = new ArrayList<>();
		for (int phase = 0; phase < PHASES; phase++) {
			TreeMap<Long, List<List<String>>> copies = new TreeMap<>();
			for (int step = 0; step < STEPS; step++) {
				List<String> statements = new ArrayList<>(List.of("UPDATE tick SET n = n + 1"));
				for (int i = 0; i <= this.random.nextInt(4); i++) {
					statements.add(statement());
				}
				if (step == 3) {
					statements.addAll(List.of(ALTERATIONS[phase]));
				}
				long transaction = recording.transact(statements.toArray(String[]::new));
				if (step == 3) {
					// Rows are copied anew, and not all known until they are.
					recording.await(transaction);
				}
				if (step % COPIED == COPIED - 1) {
					copies.put(transaction, copies(recording));
				}
			}
			this.moments.add(copies);
			recording.await(copies.lastKey());
			ends.add(recording.store().query("SELECT max(position) FROM bemi.context").get(0));
		}
		for (int phase = 0; phase < PHASES - 1; phase++) {
			Upkeep.age(recording.store(), (phase == 0) ? "0/0" : ends.get(phase - 1), ends.get(phase),
					(PHASES - 1 - phase) * AGE);
		}
	}

	private static void assertRun(Recording recording, int runs) {
		assertThat(recording.store().query("SELECT DISTINCT outcome FROM bemi.retention_run")).containsExactly("Done");
		assertThat(recording.store().query("SELECT count(*) FROM bemi.retention_run"))
			.containsExactly(String.valueOf(runs));
		assertThat(recording.store()
			.query("SELECT month FROM bemi.dropped WHERE dropped_at IS NULL OR to_regclass("
					+ "'bemi.change_' || to_char(month, 'YYYY_MM')) IS NOT NULL"))
			.isEmpty();
	}

	private void assertLeft(Recording recording, int first) {
		for (int phase = first; phase < PHASES; phase++) {
			for (long transaction : this.moments.get(phase).keySet()) {
				assertMoment(recording, phase, transaction);
			}
		}
		Instant begin = java.time.OffsetDateTime.parse(recording.store()
			.query("SELECT to_char(min(committed_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM bemi.baseline")
			.get(0)).toInstant();
		List<List<String>> last = this.moments.get(first - 1).lastEntry().getValue();
		assertThat(values(recording, Moment.of(begin))).isEqualTo(last);
		long dropped = this.moments.get(first - 1).firstKey();
		for (Moment moment : List.of(Moment.of(begin.minusMillis(1)), Moment.ofTransaction(dropped))) {
			assertThatExceptionOfType(TimeTravelException.class)
				.isThrownBy(() -> recording.travel().asOf(moment).rows("todo"))
				.withMessageContaining("before what is known")
				.withMessageContaining("Known is: " + begin.toString().substring(0, 10));
		}
	}

	private void assertMoment(Recording recording, int phase, long transaction) {
		List<List<String>> copies = Objects.requireNonNull(this.moments.get(phase).get(transaction));
		assertThat(values(recording, Moment.ofTransaction(transaction))).isEqualTo(copies);
		if (recording.store() == recording.database()) {
			JdbcTemplate jdbc = new JdbcTemplate(recording.dataSource());
			assertThat(recording.travel().at(transaction, () -> copies(jdbc, NAMES)))
				.isEqualTo(copies.subList(0, NAMES.size()));
		}
	}

	/**
	 * What a record was before its next change is known, however long ago its last one
	 * was.
	 */
	private static void assertBefore(Recording recording) {
		long transaction = recording.transact("UPDATE list SET name = upper(name)", "UPDATE todo SET cost = 0 - id",
				"DELETE FROM tag", "UPDATE code SET meaning = code || '!'");
		recording.await(transaction);
		assertThat(recording.store()
			.query("SELECT count(*) FROM bemi.changes WHERE unknown <> '{}' AND transaction_id = " + transaction))
			.containsExactly("0");
		assertThat(recording.store()
			.query("SELECT count(*) > 2400 FROM bemi.changes WHERE \"table\" = 'list' AND upper(before ->> 'name') = \"values\" ->> 'name'"
					+ " AND before ->> 'note' = \"values\" ->> 'note' AND transaction_id = " + transaction))
			.containsExactly("t");
	}

	private List<List<String>> copies(Recording recording) {
		try (Connection connection = recording.database().connect()) {
			List<String> names = new ArrayList<>(NAMES);
			names.addAll(ALTERED);
			return copies(new JdbcTemplate(new SingleConnectionDataSource(connection, true)), names);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static List<List<String>> copies(JdbcTemplate jdbc, List<String> names) {
		List<List<String>> copies = new ArrayList<>();
		for (String name : names) {
			copies.add(sorted(jdbc.queryForList("SELECT to_jsonb(t)::text FROM " + name + " t", String.class), name));
		}
		return copies;
	}

	/**
	 * Of large tables a digest.
	 */
	private static List<String> sorted(List<String> rows, String name) {
		rows.sort(Comparator.naturalOrder());
		return name.equals("list") ? List.of(rows.size() + " " + rows.hashCode()) : rows;
	}

	private static List<List<String>> values(Recording recording, Moment moment) {
		JdbcTemplate jdbc = new JdbcTemplate(recording.database().dataSource());
		Past past = recording.travel().asOf(moment);
		List<List<String>> values = new ArrayList<>();
		List<String> names = new ArrayList<>(NAMES);
		names.addAll(ALTERED);
		for (String name : names) {
			String[] found = past.rows(name).stream().map(ContextValues::toJson).toArray(String[]::new);
			values.add(sorted(
					jdbc.queryForList("SELECT v::jsonb::text FROM unnest(?::text[]) v", String.class, (Object) found),
					name));
		}
		return values;
	}

	private String statement() {
		int id = this.random.nextInt(30);
		int list = 1 + this.random.nextInt(5);
		return switch (this.random.nextInt(18)) {
			case 0, 1 -> "INSERT INTO todo VALUES (" + id + ", " + list + ", 'new', 1.50) ON CONFLICT DO NOTHING";
			case 2, 3 -> "UPDATE todo SET task = task || '.', cost = cost + 1 WHERE id = " + id;
			case 4 -> "UPDATE todo SET list_id = " + list + " WHERE id = " + id;
			case 5 -> "DELETE FROM todo WHERE id = " + id;
			case 6, 7 -> "UPDATE todo SET id = " + id + " WHERE id = " + this.random.nextInt(30)
					+ " AND NOT EXISTS (SELECT FROM todo WHERE id = " + id + ")";
			case 8, 9 -> "INSERT INTO tag VALUES (" + id + ", 'tag " + list + "', " + list
					+ ") ON CONFLICT (todo_id, tag) DO UPDATE SET weight = tag.weight + 1";
			case 10 -> "DELETE FROM tag WHERE todo_id = " + id;
			case 11 -> (this.random.nextInt(6) == 0) ? "TRUNCATE tag"
					: "UPDATE list SET name = name || 'x' WHERE id = " + list * 7;
			case 12 -> "UPDATE code SET code = 'c" + id
					+ "' WHERE code = (SELECT min(code) FROM code) AND NOT EXISTS (SELECT FROM code WHERE code = 'c"
					+ id + "')";
			case 13 -> "INSERT INTO code VALUES ('c" + id + "', 'it''s " + id + "') ON CONFLICT DO NOTHING";
			case 14 -> "INSERT INTO token (holder) VALUES ('" + id + "')";
			case 15 -> "UPDATE token SET holder = holder || 'x' WHERE holder LIKE '" + list + "%'";
			case 16 -> "INSERT INTO log VALUES ('line " + list + "', " + id % 2 + ")";
			default -> (id % 2 == 0) ? "DELETE FROM log WHERE ctid = (SELECT min(ctid) FROM log)"
					: (this.random.nextInt(8) == 0) ? "TRUNCATE log"
							: "UPDATE log SET number = 1 - number WHERE line = 'line " + list + "'";
		};
	}

}
