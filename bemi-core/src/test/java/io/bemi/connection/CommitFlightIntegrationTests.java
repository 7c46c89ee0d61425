package io.bemi.connection;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import io.bemi.context.BemiContext;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.Test;
import org.postgresql.jdbc.PgConnection;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What stands in the WAL after work with contexts.
 */
@ParameterizedClass
@ValueSource(ints = { 14, 18 })
class CommitFlightIntegrationTests {

	private static final Map<Integer, TestDatabase> databases = new java.util.concurrent.ConcurrentHashMap<>();

	private static final Map<Integer, WalMessages> wals = new java.util.concurrent.ConcurrentHashMap<>();

	@Parameter
	int version;

	private TestDatabase database;

	private WalMessages wal;

	private DataSource dataSource;

	@BeforeEach
	void setUp() {
		this.database = databases.computeIfAbsent(this.version, (key) -> PostgresServer.version(key).createDatabase());
		this.database.execute("DROP TABLE IF EXISTS item", "CREATE TABLE item (name text PRIMARY KEY)");
		this.wal = wals.computeIfAbsent(this.version, (key) -> new WalMessages(this.database));
		this.wal.lines();
		this.dataSource = new BemiDataSource(this.database.dataSource());
	}

	@AfterAll
	static void dropDatabases() {
		databases.values().forEach(TestDatabase::close);
	}

	@Test
	void contextFollowsTheRowsOfItsTransaction() throws SQLException {
		try (Connection connection = transaction(); BemiContext.Scope scope = BemiContext.open(Map.of("user", "a"))) {
			insert(connection, "1");
			insert(connection, "2");
			connection.commit();
		}
		assertThat(this.wal.lines()).containsExactly("BEGIN", row("1"), row("2"), "_bemi {\"user\":\"a\"}", "COMMIT");
	}

	@Test
	void transactionThatWroteNothingLeavesNothing() throws SQLException {
		try (Connection connection = transaction(); BemiContext.Scope scope = BemiContext.open(Map.of("user", "a"))) {
			connection.createStatement().executeQuery("SELECT * FROM item");
			connection.commit();
			connection.createStatement().executeUpdate("DELETE FROM item");
			connection.commit();
		}
		assertThat(this.wal.lines()).isEmpty();
	}

	@Test
	void changeOfContextWithinTransactionEmitsTheOutgoingOne() throws SQLException {
		try (Connection connection = transaction()) {
			BemiContext.run(Map.of("user", "a"), () -> insert(connection, "1"));
			BemiContext.run(Map.of("user", "b"), () -> insert(connection, "2"));
			BemiContext.run(Map.of("user", "b"), () -> insert(connection, "3"));
			connection.commit();
		}
		assertThat(this.wal.lines()).containsExactly("BEGIN", row("1"), "_bemi {\"user\":\"a\"}", row("2"), row("3"),
				"_bemi {\"user\":\"b\"}", "COMMIT");
	}

	@Test
	void keysAddedWithinTransactionCountFromThenOn() throws SQLException {
		try (Connection connection = transaction(); BemiContext.Scope scope = BemiContext.open(Map.of("user", "a"))) {
			insert(connection, "1");
			BemiContext.put("order", 7);
			insert(connection, "2");
			connection.commit();
		}
		assertThat(this.wal.messages()).containsExactly("_bemi {\"user\":\"a\"}", "_bemi {\"user\":\"a\",\"order\":7}");
	}

	@Test
	void rowsWithoutContextBelongToNoneOfTheirNeighbours() throws SQLException {
		try (Connection connection = transaction()) {
			insert(connection, "1");
			BemiContext.run(Map.of("user", "a"), () -> insert(connection, "2"));
			insert(connection, "3");
			connection.commit();
		}
		List<String> lines = this.wal.lines();
		assertThat(lines).hasSize(8);
		assertThat(lines.get(2)).startsWith("_bemi {\"_bemi\" : {\"db\" : {\"user\":\"");
		assertThat(lines.get(4)).isEqualTo("_bemi {\"user\":\"a\"}");
		assertThat(lines.get(6)).startsWith("_bemi {\"_bemi\" : {\"db\" : {\"user\":\"");
	}

	@Test
	void transactionWithoutContextInFlaggedSessionSaysWhoTheSessionIs() throws SQLException {
		try (Connection connection = transaction()) {
			insert(connection, "1");
			connection.commit();
			assertThat(this.wal.messages()).isEmpty();
			BemiContext.run(Map.of("user", "a"), () -> insert(connection, "2"));
			connection.commit();
			insert(connection, "3");
			connection.commit();
		}
		List<String> messages = this.wal.messages();
		assertThat(messages).hasSize(2);
		assertThat(messages.get(1)).startsWith("_bemi_session {\"db\" : {\"user\":\"");
	}

	@Test
	void contextOfTheExecutionCountsNotOfTheCommit() throws SQLException {
		try (Connection connection = transaction()) {
			BemiContext.run(Map.of("user", "a"), () -> insert(connection, "1"));
			BemiContext.run(Map.of("user", "b"), () -> commit(connection));
		}
		assertThat(this.wal.messages()).containsExactly("_bemi {\"user\":\"a\"}");
	}

	@Test
	void rollbackToSavepointRestoresItsContext() throws SQLException {
		try (Connection connection = transaction()) {
			BemiContext.run(Map.of("user", "a"), () -> insert(connection, "1"));
			Savepoint savepoint = connection.setSavepoint();
			BemiContext.run(Map.of("user", "b"), () -> insert(connection, "2"));
			connection.rollback(savepoint);
			BemiContext.run(Map.of("user", "c"), () -> commit(connection));
		}
		assertThat(this.wal.lines()).containsExactly("BEGIN", row("1"), "_bemi {\"user\":\"a\"}", "COMMIT");
	}

	@Test
	void savepointInSqlTextKeepsContextsApart() throws SQLException {
		try (Connection connection = transaction()) {
			BemiContext.run(Map.of("user", "a"), () -> {
				insert(connection, "1");
				execute(connection, "SAVEPOINT x");
			});
			BemiContext.run(Map.of("user", "b"), () -> {
				insert(connection, "2");
				execute(connection, "ROLLBACK TO x");
				insert(connection, "3");
			});
			connection.commit();
		}
		assertThat(this.wal.lines()).containsExactly("BEGIN", row("1"), "_bemi {\"user\":\"a\"}", row("3"),
				"_bemi {\"user\":\"b\"}", "COMMIT");
	}

	@Test
	void commitInSqlTextCarriesTheContext() throws SQLException {
		try (Connection connection = this.dataSource.getConnection();
				BemiContext.Scope scope = BemiContext.open(Map.of("user", "a"))) {
			execute(connection, "BEGIN");
			insert(connection, "1");
			execute(connection, "/* done */ COMMIT AND CHAIN");
			insert(connection, "2");
			execute(connection, "END");
		}
		assertThat(this.wal.lines()).containsExactly("BEGIN", row("1"), "_bemi {\"user\":\"a\"}", "COMMIT", "BEGIN",
				row("2"), "_bemi {\"user\":\"a\"}", "COMMIT");
	}

	@Test
	void setAutoCommitCommitsWithTheContext() throws SQLException {
		try (Connection connection = transaction(); BemiContext.Scope scope = BemiContext.open(Map.of("user", "a"))) {
			insert(connection, "1");
			connection.setAutoCommit(true);
		}
		assertThat(this.wal.messages()).containsExactly("_bemi {\"user\":\"a\"}");
	}

	@Test
	void autocommitWriteCarriesTheContext() throws SQLException {
		try (Connection connection = this.dataSource.getConnection();
				BemiContext.Scope scope = BemiContext.open(Map.of("user", "a"))) {
			insert(connection, "1");
			assertThat(connection.getAutoCommit()).isTrue();
			insert(connection, "2");
		}
		assertThat(this.wal.lines()).containsExactly("BEGIN", row("1"), "_bemi {\"user\":\"a\"}", "COMMIT", "BEGIN",
				row("2"), "_bemi {\"user\":\"a\"}", "COMMIT");
	}

	@Test
	void autocommitOffLeavesAutocommitAlone() throws SQLException {
		DataSource off = new BemiDataSource(this.database.dataSource(), new io.bemi.context.ContextWriter(),
				Autocommit.OFF);
		try (Connection connection = off.getConnection();
				BemiContext.Scope scope = BemiContext.open(Map.of("user", "a"))) {
			insert(connection, "1");
		}
		assertThat(this.wal.lines()).containsExactly("BEGIN", row("1"), "COMMIT");
	}

	@Test
	void autocommitWriteWithoutContextUnflagsTheSession() throws SQLException {
		try (Connection connection = this.dataSource.getConnection()) {
			BemiContext.run(Map.of("user", "a"), () -> insert(connection, "1"));
			assertThat(flag(connection)).startsWith("on:");
			insert(connection, "2");
			assertThat(flag(connection)).isEmpty();
		}
	}

	@Test
	void unwrappedConnectionLetsTheTriggerSpeak() throws SQLException {
		try (Connection connection = this.dataSource.getConnection();
				BemiContext.Scope scope = BemiContext.open(Map.of("user", "a"))) {
			insert(connection, "1");
			assertThat(flag(connection)).startsWith("on:");
			Connection driver = connection.unwrap(PgConnection.class);
			assertThat(flag(driver)).isEmpty();
			insert(connection, "2");
			connection.setAutoCommit(false);
			insert(connection, "3");
			connection.commit();
			assertThat(flag(driver)).isEmpty();
		}
		assertThat(this.wal.messages()).hasSize(3).containsOnly("_bemi {\"user\":\"a\"}");
	}

	@Test
	void transactionThatOnlyLocksLeavesAMessageWithoutRows() throws SQLException {
		try (Connection connection = transaction(); BemiContext.Scope scope = BemiContext.open(Map.of("user", "a"))) {
			insert(connection, "1");
			connection.commit();
			execute(connection, "SELECT * FROM item FOR UPDATE");
			connection.commit();
			execute(connection, "CREATE TEMP TABLE own (id int)");
			execute(connection, "INSERT INTO own VALUES (1)");
			connection.commit();
		}
		assertThat(this.wal.lines()).filteredOn((line) -> line.startsWith("table")).containsExactly(row("1"));
	}

	@Test
	void contextIsAsciiWhateverItHolds() throws SQLException {
		try (Connection connection = transaction();
				BemiContext.Scope scope = BemiContext.open(Map.of("n", "\u0141\uD83D\uDE00\u0000'\\"))) {
			insert(connection, "1");
			connection.commit();
		}
		assertThat(this.wal.messages()).containsExactly("_bemi {\"n\":\"\\u0141\\uD83D\\uDE00\\uFFFD'\\\\\"}");
	}

	private String row(String name) {
		return "table public.item: INSERT: name[text]:'" + name + "'";
	}

	private Connection transaction() throws SQLException {
		Connection connection = this.dataSource.getConnection();
		connection.setAutoCommit(false);
		return connection;
	}

	private static void insert(Connection connection, String name) {
		execute(connection, "INSERT INTO item VALUES ('" + name + "')");
	}

	private static void execute(Connection connection, String sql) {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void commit(Connection connection) {
		try {
			connection.commit();
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String flag(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				var rows = statement.executeQuery("SELECT current_setting('bemi.proxy', true)")) {
			rows.next();
			return rows.getString(1);
		}
	}

}
