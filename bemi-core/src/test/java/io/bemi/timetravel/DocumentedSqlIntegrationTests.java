package io.bemi.timetravel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What {@code docs/sql.md} shows is run from there, by a role that has what it says that
 * one needs.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DocumentedSqlIntegrationTests {

	private static final Path DOCUMENTATION = Path.of("../docs/sql.md");

	private static final String TIME = "2026-11-28 10:00+00";

	private static final String POSITION = "0/1C1E4EF";

	private Recording recording;

	private List<String> blocks;

	private long past;

	private String time;

	private String position;

	@BeforeAll
	void record() throws Exception {
		this.recording = Recording.of(18, false, Set.of(), "CREATE TABLE todo (id bigint PRIMARY KEY, task text)");
		this.past = this.recording.transact("INSERT INTO todo VALUES (26, 'past')");
		this.recording.await(this.past);
		this.recording.await(this.recording.transact("UPDATE todo SET task = 'present'"));
		this.recording.travel().prepare();
		String moment = database()
			.query("SELECT max(committed_at) || '|' || max(position) FROM bemi.changes" + " WHERE transaction_id = "
					+ this.past)
			.get(0);
		this.time = moment.substring(0, moment.indexOf('|'));
		this.position = moment.substring(moment.indexOf('|') + 1);
		this.blocks = blocks();
		database().execute("CREATE ROLE analyst LOGIN", "GRANT bemi_past TO analyst");
	}

	@AfterAll
	void close() {
		database().execute("DROP OWNED BY analyst", "DROP ROLE analyst");
		this.recording.close();
	}

	private TestDatabase database() {
		return this.recording.database();
	}

	private static List<String> blocks() throws IOException {
		Matcher block = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(DOCUMENTATION));
		List<String> blocks = new ArrayList<>();
		while (block.find()) {
			blocks.add(block.group(1));
		}
		return blocks;
	}

	private String filledIn(String sql) {
		assertThat(sql).containsAnyOf(TIME, POSITION, "12345");
		return sql.replace(TIME, this.time)
			.replace(POSITION, this.position)
			.replace("12345", String.valueOf(this.past));
	}

	/**
	 * The last column of all rows that are found, by one session of the role.
	 */
	private List<String> run(String sql) throws SQLException {
		List<String> found = new ArrayList<>();
		try (Connection connection = database().connect(); Statement statement = connection.createStatement()) {
			statement.execute("SET SESSION AUTHORIZATION analyst");
			for (String one : sql.replaceAll("--.*", "").split(";")) {
				if (!one.isBlank() && statement.execute(one)) {
					try (ResultSet row = statement.getResultSet()) {
						while (row.next()) {
							found.add(row.getString(row.getMetaData().getColumnCount()));
						}
					}
				}
			}
		}
		return found;
	}

	@Test
	void hasTheseBlocks() {
		assertThat(this.blocks).hasSize(4);
	}

	@Test
	void theWholeDatabase() throws SQLException {
		assertThat(run(filledIn(this.blocks.get(0)))).endsWith("past");
		Matcher other = Pattern.compile("bemi\\.as_of\\([^)]*\\)").matcher(this.blocks.get(0));
		List<String> kinds = new ArrayList<>();
		while (other.find()) {
			kinds.add(other.group());
			assertThat(run("BEGIN; SELECT " + filledIn(other.group()) + "; SELECT task FROM todo; COMMIT"))
				.as(other.group())
				.endsWith("past");
		}
		assertThat(kinds).hasSize(3);
	}

	@Test
	void aTimeThatHasJustBeen() throws SQLException {
		String[] statements = this.blocks.get(1).split("\n");
		// The position that the first statement gives is what stands behind it.
		assertThat(statements[0]).endsWith("-- " + POSITION);
		String given = run(statements[0]).get(0);
		org.awaitility.Awaitility.await()
			.until(() -> database().query("SELECT position >= '" + given + "' FROM bemi.source").equals(List.of("t")));
		assertThat(run("BEGIN; " + statements[1].replace(POSITION, given) + "SELECT task FROM todo; COMMIT"))
			.endsWith("present");
		assertThatThrownBy(() -> run("SELECT bemi.as_of(now())")).hasMessageContaining("is after what is known")
			.hasMessageContaining("Known is: ");
		assertThatThrownBy(() -> run("BEGIN; SELECT " + "bemi.as_of(" + this.past + "); SELECT * FROM public.todo"))
			.hasMessageContaining("permission denied for table todo");
	}

	@Test
	void oneTable() throws SQLException {
		assertThat(run(filledIn(this.blocks.get(2)))).containsExactly("past");
	}

	@Test
	void aRecord() throws SQLException {
		assertThatThrownBy(() -> run(this.blocks.get(3))).hasMessageContaining("permission denied for view changes");
		database().execute("GRANT SELECT ON bemi.changes TO analyst");
		assertThat(run(this.blocks.get(3))).hasSize(4);
	}

}
