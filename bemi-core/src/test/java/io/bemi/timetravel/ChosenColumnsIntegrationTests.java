package io.bemi.timetravel;

import java.util.List;
import java.util.Map;

import io.bemi.change.Change;
import io.bemi.ingestion.Ingester;
import io.bemi.tracking.ColumnRules;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The past of tables of which not every column is recorded as it is.
 */
class ChosenColumnsIntegrationTests {

	private static final String KEY = "a key of at least thirty-two characters";

	private static final String PERSON = """
			CREATE TABLE person (id bigint PRIMARY KEY, name text, secret text NOT NULL, pin integer, code varchar(80),
			                     short varchar(10), seen integer, ref bigint REFERENCES person)""";

	private static final ColumnRules RULES = new ColumnRules(List.of("*.secret", "ref"),
			List.of("pin", "code", "short"), KEY, List.of("*.seen"));

	/**
	 * What an entity would be.
	 */
	record Person(long id, @Nullable String name, @Nullable String secret, @Nullable Integer pin,
			@Nullable String code) {
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void whatIsNotRecordedIsNullWithinThePast(int version) throws Exception {
		try (Recording recording = Recording.of(version, RULES, PERSON)) {
			long first = recording.transact("INSERT INTO person VALUES (1, 'a', 's3cret', 1234, 'c', 's', 0, 1)");
			recording.transact("UPDATE person SET seen = 5");
			long last = recording.transact("UPDATE person SET name = 'b', seen = 6, secret = 'x', pin = NULL");
			recording.await(last);
			JdbcTemplate jdbc = new JdbcTemplate(recording.dataSource());
			Map<String, Object> row = recording.travel()
				.at(first, () -> jdbc.queryForMap("SELECT * FROM person WHERE id = 1"));
			assertThat(row).containsEntry("name", "a")
				.containsEntry("secret", null)
				.containsEntry("pin", null)
				.containsEntry("short", null)
				.containsEntry("ref", null)
				.containsEntry("seen", 0);
			assertThat(row.get("code")).asString().matches("hmac:[0-9a-f]{64}");
			assertThat(recording.travel().at(last, () -> jdbc.queryForList("SELECT name, secret, seen FROM person")))
				.hasToString("[{name=b, secret=null, seen=6}]");
			assertThat(recording.travel().at(last, () -> jdbc.queryForList("SELECT * FROM person WHERE ref = 1")))
				.isEmpty();
			Map<String, @Nullable Object> past = recording.travel().asOf(first).find("person", 1).orElseThrow();
			assertThat(past).containsOnlyKeys("id", "name", "pin", "code", "short", "seen");
			assertThat(past.get("pin")).asString().startsWith("hmac:");
			Change change = recording.changes().query().table("person").list().get(0);
			assertThat(change.toEntityBefore(Person.class))
				.isEqualTo(new Person(1, "a", null, null, String.valueOf(past.get("code"))));
			assertThat(change.toEntity(Person.class).pin()).isNull();
			recording.await(recording.transact("ALTER TABLE person ALTER secret TYPE integer USING length(secret)",
					"INSERT INTO person VALUES (2, 'c', 7)"));
			assertThat(recording.travel().at(first, () -> jdbc.queryForList("SELECT name, secret FROM person")))
				.hasToString("[{name=a, secret=null}]");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void eachTimeIsReadByItsOwnRules(int version) throws Exception {
		try (Recording recording = Recording.of(version, ColumnRules.NONE, PERSON)) {
			// From here on columns are known by their numbers.
			long plain = recording.transact("ALTER TABLE person ADD COLUMN more integer",
					"INSERT INTO person VALUES (1, 'a', 'first', 1, 'c1', 's')");
			recording.await(plain);
			long[] chosen = new long[1];
			recording.ingester().close();
			try (Ingester other = recording.another(RULES)) {
				other.start();
				chosen[0] = recording.transact("UPDATE person SET name = 'b', secret = 'second', code = 'c2'");
				recording.await(chosen[0]);
				chosen[0] = recording.transact("ALTER TABLE person RENAME COLUMN name TO title",
						"UPDATE person SET title = 'c', secret = 'third', code = 'c3'");
				recording.await(chosen[0]);
			}
			try (Ingester last = recording.another(ColumnRules.NONE)) {
				last.start();
				recording.await(recording.transact("UPDATE person SET secret = 'fourth', code = 'c4'"));
				long open = recording.transact("ALTER TABLE person RENAME COLUMN secret TO open",
						"UPDATE person SET code = 'c5'");
				recording.await(open);
				JdbcTemplate jdbc = new JdbcTemplate(recording.dataSource());
				String sql = "SELECT title, open, left(code, 5) AS code, pin FROM person";
				assertThat(recording.travel().at(plain, () -> jdbc.queryForList(sql)))
					.hasToString("[{title=a, open=first, code=c1, pin=1}]");
				assertThat(recording.travel().at(chosen[0], () -> jdbc.queryForList(sql)))
					.hasToString("[{title=c, open=null, code=hmac:, pin=null}]");
				assertThat(recording.travel().at(open, () -> jdbc.queryForList(sql)))
					.hasToString("[{title=c, open=fourth, code=c5, pin=1}]");
				assertThat(recording.travel().asOf(chosen[0]).rows("person").get(0)).doesNotContainKey("secret")
					.containsEntry("title", "c");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void rowsThatNothingIdentifiesAreCountedByTheRules(int version) throws Exception {
		try (Recording recording = Recording.of(version, ColumnRules.NONE,
				"CREATE TABLE entry (a integer, seen integer, secret text); ALTER TABLE entry REPLICA IDENTITY FULL")) {
			recording.await(recording.transact("INSERT INTO entry VALUES (1, 0, 'x'), (1, 0, 'y'), (2, 0, 'x')"));
			recording.ingester().close();
			try (Ingester other = recording.another(RULES)) {
				other.start();
				recording.await(recording.transact("UPDATE entry SET seen = 1"));
				long last = recording.transact("DELETE FROM entry WHERE secret = 'x'");
				recording.await(last);
				JdbcTemplate jdbc = new JdbcTemplate(recording.dataSource());
				assertThat(recording.travel().at(last, () -> jdbc.queryForList("SELECT * FROM entry")))
					.hasToString("[{a=1, seen=1, secret=null}]");
				assertThat(recording.travel().asOf(last).rows("entry")).hasToString("[{a=1, seen=1}]");
			}
		}
	}

}
