package io.bemi.timetravel;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.Period;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

import io.bemi.context.ContextValues;
import io.bemi.store.retention.RetentionSettings;
import io.bemi.store.retention.Upkeep;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A history of some phases, each of them in a month of its own, with copies of the tables
 * as they were at some moments of each.
 */
final class AgedHistory {

	static final String[] TABLES = { """
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
			INSERT INTO list SELECT i, 'list ' || i, repeat(md5(i::text), 20) FROM generate_series(1, 2500) i;
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

	static final int PHASES = ALTERATIONS.length;

	/** Transactions of a phase, and those of them after which a copy is taken. */
	private static final int STEPS = Boolean.getBoolean("bemi.soak") ? 64 : 24;

	private static final int COPIED = Boolean.getBoolean("bemi.soak") ? 16 : 12;

	/** How old a phase is made, in days: each in another month. */
	static final int AGE = 40;

	private final Random random = new Random(7);

	/** By transaction; of each phase. */
	private final List<TreeMap<Long, List<List<String>>>> moments = new ArrayList<>();

	private final Recording recording;

	AgedHistory(Recording recording) throws SQLException {
		this.recording = recording;
		work();
	}

	private static RetentionSettings keep(int days) {
		return new RetentionSettings(Period.ofDays(days), List.of(), null);
	}

	/**
	 * So that the phases before one are dropped.
	 */
	static RetentionSettings keepFrom(int phase) {
		return keep((PHASES - 1 - phase) * AGE + 5);
	}

	private void work() throws SQLException {
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
				long transaction = this.recording.transact(statements.toArray(String[]::new));
				if (step == 3) {
					// Rows are copied anew, and not all known until they are.
					this.recording.await(transaction);
				}
				if (step % COPIED == COPIED - 1) {
					copies.put(transaction, copies());
				}
			}
			this.moments.add(copies);
			this.recording.await(copies.lastKey());
			ends.add(this.recording.store().query("SELECT max(position) FROM bemi.context").get(0));
		}
		for (int phase = 0; phase < PHASES - 1; phase++) {
			Upkeep.age(this.recording.store(), (phase == 0) ? "0/0" : ends.get(phase - 1), ends.get(phase),
					(PHASES - 1 - phase) * AGE);
		}
	}

	void assertRun(int runs) {
		assertThat(this.recording.store().query("SELECT DISTINCT outcome FROM bemi.retention_run"))
			.containsExactly("Done");
		assertThat(this.recording.store().query("SELECT count(*) FROM bemi.retention_run"))
			.containsExactly(String.valueOf(runs));
		assertThat(this.recording.store()
			.query("SELECT month FROM bemi.dropped WHERE dropped_at IS NULL OR to_regclass("
					+ "'bemi.change_' || to_char(month, 'YYYY_MM')) IS NOT NULL"))
			.isEmpty();
	}

	void assertLeft(int first) {
		for (int phase = first; phase < PHASES; phase++) {
			assertMoments(phase);
		}
		Instant begin = OffsetDateTime.parse(this.recording.store()
			.query("SELECT to_char(min(committed_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM bemi.baseline")
			.get(0)).toInstant();
		List<List<String>> last = this.moments.get(first - 1).lastEntry().getValue();
		assertThat(values(Moment.of(begin))).isEqualTo(last);
		long dropped = this.moments.get(first - 1).firstKey();
		for (Moment moment : List.of(Moment.of(begin.minusMillis(1)), Moment.ofTransaction(dropped))) {
			assertThatExceptionOfType(TimeTravelException.class)
				.isThrownBy(() -> this.recording.travel().asOf(moment).rows("todo"))
				.withMessageContaining("before what is known")
				.withMessageContaining("Known is: " + begin.toString().substring(0, 10));
		}
	}

	/**
	 * The moments of a phase of which there are copies: transactions, oldest first.
	 */
	List<Long> moments(int phase) {
		return List.copyOf(this.moments.get(phase).keySet());
	}

	void assertMoments(int phase) {
		for (long transaction : moments(phase)) {
			assertMoment(phase, transaction);
		}
	}

	void assertMoment(int phase, long transaction) {
		List<List<String>> copies = Objects.requireNonNull(this.moments.get(phase).get(transaction));
		assertThat(values(Moment.ofTransaction(transaction))).isEqualTo(copies);
		if (this.recording.store() == this.recording.database()) {
			JdbcTemplate jdbc = new JdbcTemplate(this.recording.dataSource());
			assertThat(this.recording.travel().at(transaction, () -> copies(jdbc, NAMES)))
				.isEqualTo(copies.subList(0, NAMES.size()));
		}
	}

	/**
	 * What a record was before its next change is known, however long ago its last one
	 * was.
	 */
	void assertBefore() {
		long transaction = this.recording.transact("UPDATE list SET name = upper(name)",
				"UPDATE todo SET cost = 0 - id", "DELETE FROM tag", "UPDATE code SET meaning = code || '!'");
		this.recording.await(transaction);
		assertThat(this.recording.store()
			.query("SELECT count(*) FROM bemi.changes WHERE unknown <> '{}' AND transaction_id = " + transaction))
			.containsExactly("0");
		assertThat(this.recording.store()
			.query("SELECT count(*) > 2400 FROM bemi.changes WHERE \"table\" = 'list' AND upper(before ->> 'name') = \"values\" ->> 'name'"
					+ " AND before ->> 'note' = \"values\" ->> 'note' AND transaction_id = " + transaction))
			.containsExactly("t");
	}

	private List<List<String>> copies() {
		try (Connection connection = this.recording.database().connect()) {
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

	private List<List<String>> values(Moment moment) {
		JdbcTemplate jdbc = new JdbcTemplate(this.recording.database().dataSource());
		Past past = this.recording.travel().asOf(moment);
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
