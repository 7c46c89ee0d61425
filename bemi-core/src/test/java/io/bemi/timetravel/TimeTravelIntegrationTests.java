package io.bemi.timetravel;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

import io.bemi.context.ContextValues;
import io.bemi.query.JdbcChanges;
import io.bemi.store.StoreSchema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A random program over several tables: what is read of each moment is what a copy taken
 * at that moment says.
 */
class TimeTravelIntegrationTests {

	private static final String[] TABLES = {
			"""
							CREATE TABLE tick (n integer PRIMARY KEY);
					INSERT INTO tick VALUES (0);
					CREATE TABLE list (id bigint PRIMARY KEY, name varchar(40) NOT NULL, note text);
							CREATE TABLE todo (id bigint PRIMARY KEY, list_id bigint REFERENCES list ON UPDATE CASCADE, task text,
							    "isCompleted" boolean NOT NULL DEFAULT false, cost numeric(10, 2), due date, tags text[], data jsonb,
							    double_cost numeric GENERATED ALWAYS AS (cost * 2) STORED);
							CREATE TABLE todo_tag (todo_id bigint, tag text, weight integer, PRIMARY KEY (todo_id, tag));
							CREATE TABLE code (code varchar(20) PRIMARY KEY, meaning text);
							CREATE TABLE token (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), holder text);
							ALTER TABLE token REPLICA IDENTITY FULL;
							CREATE TABLE log (line text, number integer);
							ALTER TABLE log REPLICA IDENTITY FULL;
							CREATE TABLE event (id integer, day date, what text, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
							CREATE TABLE event_old PARTITION OF event FOR VALUES FROM ('2000-01-01') TO ('2020-01-01');
							CREATE TABLE event_new PARTITION OF event FOR VALUES FROM ('2020-01-01') TO ('2040-01-01');
							INSERT INTO list SELECT i, 'list ' || i, repeat(md5(i::text), 200) FROM generate_series(1, 5) i;
							INSERT INTO todo (id, list_id, task, cost) SELECT i, 1 + i % 5, 'task ' || i, i FROM generate_series(1, 20) i;
							INSERT INTO log SELECT 'line ' || i % 3, i % 2 FROM generate_series(1, 10) i;
							INSERT INTO code VALUES ('a', 'first'), ('b', 'second')
							""" };

	private static final List<String> NAMES = List.of("list", "todo", "todo_tag", "code", "token", "log", "event");

	private static final String JOIN = """
			SELECT l.name, count(t.id), sum(t.cost), max(g.weight) FROM list l LEFT JOIN todo t ON t.list_id = l.id
			  LEFT JOIN todo_tag g ON g.todo_id = t.id GROUP BY l.id, l.name ORDER BY l.name, 2, 3
			""";

	private Random random = new Random(1);

	@ParameterizedTest
	@CsvSource({ "14, false", "18, false", "14, true", "18, true" })
	void readsWhatACopyOfTheMomentSays(int version, boolean elsewhere) throws Exception {
		try (Recording recording = Recording.of(version, elsewhere, Set.of(), TABLES)) {
			TreeMap<Long, List<List<String>>> moments = work(recording);
			JdbcTemplate jdbc = new JdbcTemplate(recording.dataSource());
			moments.forEach((transaction, copies) -> {
				if (elsewhere) {
					assertThat(values(recording, transaction)).isEqualTo(copies.subList(0, NAMES.size()));
				}
				else {
					assertThat(recording.travel().at(transaction, () -> copies(jdbc))).isEqualTo(copies);
					assertThat(values(recording, transaction)).isEqualTo(copies.subList(0, NAMES.size()));
					lookups(recording, jdbc, transaction);
				}
			});
			assertThat(copies(jdbc)).isEqualTo(copies(recording));
		}
	}

	private TreeMap<Long, List<List<String>>> work(Recording recording) {
		this.random = new Random(42);
		TreeMap<Long, List<List<String>>> moments = new TreeMap<>();
		long last = 0;
		for (int step = 0; step < 400; step++) {
			List<String> statements = new ArrayList<>(List.of("UPDATE tick SET n = n + 1"));
			for (int i = 0; i <= this.random.nextInt(4); i++) {
				statements.add(statement());
			}
			last = recording.transact(statements.toArray(String[]::new));
			if (step % 8 == 7) {
				moments.put(last, copies(recording));
			}
		}
		recording.await(recording.transact("INSERT INTO code VALUES ('last', '')"));
		assertThat(moments).hasSize(50);
		return moments;
	}

	/**
	 * What was recorded before there was time travel: the same history in a store as it
	 * was then, brought forward.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aStoreThatIsBroughtForwardGivesTheSameAnswers(int version) throws Exception {
		try (Recording recording = Recording.of(version, false, Set.of(), TABLES)) {
			// From when on rows were known was not noted then: it is not told too early.
			recording.await(recording.transact("UPDATE tick SET n = n + 1"));
			TreeMap<Long, List<List<String>>> moments = work(recording);
			try (Connection connection = recording.database().connect()) {
				OldStore.copy(connection, "bemi", "copy");
				new StoreSchema("copy").migrate(connection);
			}
			String moved = "SELECT position, ordinal, previous_key FROM %s.change WHERE previous_key IS NOT NULL ORDER BY 1, 2";
			assertThat(recording.database().query(moved.formatted("copy"))).hasSizeGreaterThan(10)
				.isEqualTo(recording.database().query(moved.formatted("bemi")));
			JdbcTimeTravel travel = new JdbcTimeTravel(TravellingApplication.of(recording.dataSource()),
					recording.dataSource(), "copy", new JdbcChanges(recording.dataSource(), "copy"), null);
			JdbcTemplate jdbc = new JdbcTemplate(recording.dataSource());
			moments.forEach((transaction, copies) -> {
				assertThat(travel.at(transaction, () -> copies(jdbc))).isEqualTo(copies);
				assertThat(values(recording, travel, transaction)).isEqualTo(copies.subList(0, NAMES.size()));
			});
		}
	}

	private void lookups(Recording recording, JdbcTemplate jdbc, long transaction) {
		String task = recording.travel().at(transaction, () -> {
			List<Long> ids = jdbc.queryForList("SELECT id FROM todo ORDER BY id", Long.class);
			for (long id : ids.subList(0, Math.min(3, ids.size()))) {
				assertThat(jdbc.queryForList("SELECT * FROM todo WHERE id = ?", id)).hasSize(1);
				Long list = jdbc.queryForObject("SELECT list_id FROM todo WHERE id = ?", Long.class, id);
				if (list != null) {
					assertThat(jdbc.queryForList("SELECT id FROM todo WHERE list_id = ?", Long.class, list))
						.contains(id);
				}
			}
			return "";
		});
		assertThat(task).isEmpty();
	}

	private List<List<String>> copies(Recording recording) {
		try (Connection connection = recording.database().connect()) {
			return copies(new JdbcTemplate(new SingleConnectionDataSource(connection, true)));
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private List<List<String>> copies(JdbcTemplate jdbc) {
		List<List<String>> copies = new ArrayList<>();
		for (String name : NAMES) {
			List<String> rows = jdbc.queryForList("SELECT (to_jsonb(t) - 'double_cost')::text FROM " + name + " t",
					String.class);
			rows.sort(java.util.Comparator.naturalOrder());
			copies.add(rows);
		}
		copies.add(jdbc.queryForList("SELECT double_cost::text FROM todo ORDER BY id", String.class));
		copies.add(jdbc.query(JOIN,
				(row, number) -> row.getString(1) + row.getLong(2) + row.getBigDecimal(3) + row.getString(4)));
		return copies;
	}

	private List<List<String>> values(Recording recording, long transaction) {
		return values(recording, recording.travel(), transaction);
	}

	private static List<List<String>> values(Recording recording, TimeTravel travel, long transaction) {
		JdbcTemplate jdbc = new JdbcTemplate(recording.database().dataSource());
		Past past = travel.asOf(transaction);
		List<List<String>> values = new ArrayList<>();
		for (String name : NAMES) {
			String[] found = past.rows(name).stream().map(ContextValues::toJson).toArray(String[]::new);
			List<String> rows = jdbc.queryForList("SELECT v::jsonb::text FROM unnest(?::text[]) v", String.class,
					(Object) found);
			rows.sort(java.util.Comparator.naturalOrder());
			values.add(rows);
		}
		return values;
	}

	private String statement() {
		int id = this.random.nextInt(30);
		int list = 1 + this.random.nextInt(5);
		return switch (this.random.nextInt(20)) {
			case 0, 1, 2 -> "INSERT INTO todo (id, list_id, task, cost, due, tags, data) VALUES (" + id + ", " + list
					+ ", 'new', 1.50, '2026-01-01', '{a,b}', '{\"a\": [1, null]}') ON CONFLICT DO NOTHING";
			case 3, 4, 5 -> "UPDATE todo SET task = task || '.', cost = cost + 1 WHERE id = " + id;
			case 6 -> "UPDATE todo SET list_id = " + list + " WHERE id = " + id;
			case 7 -> "UPDATE todo SET list_id = NULL, data = NULL WHERE id = " + id;
			case 8 -> "DELETE FROM todo WHERE id = " + id;
			case 9 -> "UPDATE todo SET id = " + id + " WHERE id = " + this.random.nextInt(30)
					+ " AND NOT EXISTS (SELECT FROM todo WHERE id = " + id + ")";
			case 10 -> "INSERT INTO todo_tag VALUES (" + id + ", 'tag " + list + "', " + list
					+ ") ON CONFLICT (todo_id, tag) DO UPDATE SET weight = todo_tag.weight + 1";
			case 11 -> "DELETE FROM todo_tag WHERE todo_id = " + id;
			case 12 -> (this.random.nextInt(6) == 0) ? "TRUNCATE todo_tag"
					: "UPDATE list SET name = name || 'x' WHERE length(name) < 39 AND id = " + list;
			case 13 -> "UPDATE code SET code = 'c" + id
					+ "' WHERE code = (SELECT min(code) FROM code) AND NOT EXISTS (SELECT FROM code WHERE code = 'c"
					+ id + "')";
			case 14 -> "INSERT INTO code VALUES ('c" + id + "', 'it''s " + id + "') ON CONFLICT DO NOTHING";
			case 15 -> "INSERT INTO token (holder) VALUES ('" + id + "')";
			case 16 -> "UPDATE token SET holder = holder || 'x' WHERE holder LIKE '" + list + "%'";
			case 17 -> "INSERT INTO log VALUES ('line " + list + "', " + id % 2 + ")";
			case 18 ->
				(id % 2 == 0) ? "DELETE FROM log WHERE ctid = (SELECT min(ctid) FROM log WHERE number = " + id % 2 + ")"
						: "UPDATE log SET number = 1 - number WHERE line = 'line " + list + "'";
			default -> (id % 3 == 0)
					? "UPDATE event SET day = day + 7300 * CASE WHEN day < '2020-01-01' THEN 1 ELSE -1 END WHERE id = "
							+ id
					: "INSERT INTO event VALUES (" + id + ", '2010-01-01', 'x') ON CONFLICT DO NOTHING";
		};
	}

}
