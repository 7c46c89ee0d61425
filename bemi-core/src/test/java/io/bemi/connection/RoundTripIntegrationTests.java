package io.bemi.connection;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Stream;

import javax.sql.DataSource;

import io.bemi.context.BemiContext;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Counts the round trips on the wire, with and without the proxy.
 */
class RoundTripIntegrationTests {

	// Cold and warm: from the fifth on the driver uses a prepared statement.
	private static final int EXECUTIONS = 7;

	private static final Map<Integer, TestDatabase> databases = new java.util.concurrent.ConcurrentHashMap<>();

	private static final Map<String, Kind> KINDS = kinds(new LinkedHashMap<>());

	private static TestDatabase database(int version) {
		return databases.computeIfAbsent(version, (key) -> {
			TestDatabase database = PostgresServer.version(key).createDatabase();
			database.execute("CREATE TABLE item (id bigserial PRIMARY KEY, name text)",
					"CREATE FUNCTION add_item(text) RETURNS bigint LANGUAGE sql AS"
							+ " 'INSERT INTO item (name) VALUES ($1) RETURNING id'",
					"INSERT INTO item (name) VALUES ('first')", "CREATE PROCEDURE commit_item() LANGUAGE plpgsql AS"
							+ " $$ BEGIN INSERT INTO item (name) VALUES ('p'); COMMIT; END $$");
			return database;
		});
	}

	@AfterAll
	static void dropDatabases() {
		databases.values().forEach(TestDatabase::close);
	}

	static Stream<Arguments> settings() {
		return Stream.of(14, 18)
			.flatMap((version) -> Stream
				.of(Map.of(), Map.of("preferQueryMode", "simple"), Map.of("prepareThreshold", "1"),
						Map.of("autosave", "always"))
				.map((properties) -> Arguments.of(version, properties)));
	}

	@ParameterizedTest
	@MethodSource("settings")
	void writingTransactionHasAsManyAsWithoutTheProxy(int version, Map<String, String> properties) {
		sameFlights(version, properties, (connection) -> inTransaction(connection, () -> {
			insert(connection, "a");
			insert(connection, "b");
		}));
	}

	@ParameterizedTest
	@MethodSource("settings")
	void transactionOfEveryKindOfStatementHasAsManyAsWithoutTheProxy(int version, Map<String, String> properties) {
		sameFlights(version, properties, (connection) -> inTransaction(connection, () -> {
			try (Statement statement = connection.createStatement()) {
				statement.executeUpdate("UPDATE item SET name = 'x' WHERE id = 0");
				statement.executeQuery("INSERT INTO item (name) VALUES ('r') RETURNING id").next();
				statement.execute("INSERT INTO item (name) VALUES ('k')", Statement.RETURN_GENERATED_KEYS);
			}
			Savepoint savepoint = connection.setSavepoint();
			insertBatch(connection, 50);
			connection.rollback(savepoint);
			try (var call = connection.prepareCall("{call add_item(?)}")) {
				call.setString(1, "c");
				call.execute();
			}
		}));
	}

	@ParameterizedTest
	@MethodSource("settings")
	void readOnlyTransactionHasAsManyAsWithoutTheProxy(int version, Map<String, String> properties) {
		sameFlights(version, properties, (connection) -> {
			connection.setReadOnly(true);
			inTransaction(connection, () -> count(connection));
			connection.setReadOnly(false);
		});
		sameFlights(version, properties, (connection) -> inTransaction(connection, () -> count(connection)));
	}

	@ParameterizedTest
	@MethodSource("settings")
	void emptyFailedAndRolledBackTransactionsHaveAsManyAsWithoutTheProxy(int version, Map<String, String> properties) {
		sameFlights(version, properties, (connection) -> inTransaction(connection, () -> {
		}));
		sameFlights(version, properties, (connection) -> inTransaction(connection, () -> {
			try (Statement statement = connection.createStatement()) {
				statement.execute("SELECT 1 / 0");
			}
			catch (SQLException ex) {
				assertThat(ex.getSQLState()).isEqualTo("22012");
			}
		}));
		sameFlights(version, properties, (connection) -> {
			connection.setAutoCommit(false);
			insert(connection, "a");
			connection.rollback();
			connection.setAutoCommit(true);
		});
		sameFlights(version, properties, (connection) -> {
			connection.setAutoCommit(false);
			insert(connection, "a");
			connection.setAutoCommit(true);
		});
	}

	@ParameterizedTest
	@MethodSource("settings")
	void autocommitWriteHasOneMore(int version, Map<String, String> properties) {
		List<List<String>> flights = flights(version, properties, (connection) -> insert(connection, "a"));
		assertThat(flights.get(0)).hasSize(EXECUTIONS);
		assertThat(flights.get(1)).hasSize(2 * EXECUTIONS);
	}

	@ParameterizedTest
	@MethodSource("settings")
	void autocommitReadHasAsManyAsWithoutTheProxy(int version, Map<String, String> properties) {
		sameFlights(version, properties, (connection) -> count(connection));
	}

	@ParameterizedTest
	@MethodSource("settings")
	void workWithoutContextHasAsManyAsWithoutTheProxy(int version, Map<String, String> properties) {
		try (WireTap tap = new WireTap(database(version))) {
			DataSource plain = tap.dataSource(properties(properties));
			Work work = (connection) -> {
				inTransaction(connection, () -> insert(connection, "a"));
				insert(connection, "b");
			};
			assertThat(flights(tap, new BemiDataSource(plain), work)).hasSameSizeAs(flights(tap, plain, work));
		}
	}

	static Stream<Arguments> kinds() {
		return Stream.of(14, 18)
			.flatMap((version) -> KINDS.keySet().stream().map((kind) -> Arguments.of(version, kind)));
	}

	/**
	 * The table of {@code docs/differences.md}.
	 */
	@ParameterizedTest
	@MethodSource("kinds")
	void hasAsManyMoreAsTheTableSays(int version, String kind) {
		Kind tested = Objects.requireNonNull(KINDS.get(kind));
		List<List<String>> flights = flights(version, Map.of(), tested.work());
		assertThat(flights.get(1).size() - flights.get(0).size())
			.as("plain: %s, proxied: %s", flights.get(0), flights.get(1))
			.isEqualTo(tested.more() * EXECUTIONS);
	}

	private static Map<String, Kind> kinds(Map<String, Kind> kinds) {
		kinds.put("COPY in a transaction",
				new Kind(0, (connection) -> inTransaction(connection, () -> copy(connection))));
		kinds.put("updatable result in a transaction",
				new Kind(0, (connection) -> inTransaction(connection, () -> update(connection))));
		kinds.put("savepoint as text, before it something written",
				new Kind(1, (connection) -> inTransaction(connection, () -> {
					insert(connection, "a");
					execute(connection, "SAVEPOINT x");
				})));
		kinds.put("COMMIT as text", new Kind(1, (connection) -> {
			execute(connection, "BEGIN");
			insert(connection, "a");
			execute(connection, "COMMIT");
		}));
		kinds.put("change of context in a transaction", new Kind(1, (connection) -> inTransaction(connection, () -> {
			insert(connection, "a");
			try (BemiContext.Scope scope = BemiContext.open(Map.of("user", "bob"))) {
				insert(connection, "b");
			}
		})));
		kinds.put("autocommit: SELECT", new Kind(0, RoundTripIntegrationTests::count));
		kinds.put("autocommit: SELECT with a fetch size", new Kind(0, (connection) -> {
			try (Statement statement = connection.createStatement()) {
				statement.setFetchSize(2);
				statement.executeQuery("SELECT generate_series(1, 5)").next();
			}
		}));
		kinds.put("autocommit: SELECT of a function that writes",
				new Kind(0, (connection) -> execute(connection, "SELECT add_item('s')")));
		kinds.put("autocommit: SET", new Kind(0, (connection) -> execute(connection, "SET lock_timeout = 0")));
		kinds.put("autocommit: CREATE and DROP", new Kind(0, (connection) -> {
			execute(connection, "CREATE TABLE made (id int)");
			execute(connection, "DROP TABLE made");
		}));
		for (String sql : List.of("INSERT INTO item (name) VALUES ('a')", "UPDATE item SET name = 'x' WHERE id = 0",
				"DELETE FROM item WHERE id = 0", "WITH x AS (SELECT 1) SELECT * FROM x",
				"INSERT INTO item (name) VALUES ('r') RETURNING id", "DO $$ BEGIN PERFORM add_item('d'); END $$",
				"SELECT 1; INSERT INTO item (name) VALUES ('b')")) {
			kinds.put("autocommit: " + sql, new Kind(1, (connection) -> execute(connection, sql)));
		}
		kinds.put("autocommit: batch", new Kind(1, (connection) -> insertBatch(connection, 50)));
		kinds.put("autocommit: callable", new Kind(1, (connection) -> {
			try (var call = connection.prepareCall("{call add_item(?)}")) {
				call.setString(1, "c");
				call.execute();
			}
		}));
		kinds.put("autocommit: generated keys", new Kind(1, (connection) -> {
			try (Statement statement = connection.createStatement()) {
				statement.executeUpdate("INSERT INTO item (name) VALUES ('k')", Statement.RETURN_GENERATED_KEYS);
			}
		}));
		kinds.put("autocommit: row of an updatable result", new Kind(1, RoundTripIntegrationTests::update));
		kinds.put("autocommit: procedure that commits",
				new Kind(2, (connection) -> execute(connection, "CALL commit_item()")));
		kinds.put("autocommit: COPY", new Kind(0, RoundTripIntegrationTests::copy));
		kinds.put("autocommit: read only connection", new Kind(0, (connection) -> {
			connection.setReadOnly(true);
			insert(connection, "a");
			connection.setReadOnly(false);
		}));
		return kinds;
	}

	private static void copy(Connection connection) throws SQLException {
		try {
			connection.unwrap(PGConnection.class)
				.getCopyAPI()
				.copyIn("COPY item (name) FROM STDIN", new StringReader("c\n"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void update(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE);
				ResultSet rows = statement.executeQuery("SELECT id, name FROM item WHERE id = 1")) {
			rows.next();
			rows.updateString(2, "u");
			rows.updateRow();
		}
	}

	private static void execute(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private static void sameFlights(int version, Map<String, String> properties, Work work) {
		List<List<String>> flights = flights(version, properties, work);
		assertThat(flights.get(1)).as("plain: %s", flights.get(0)).hasSameSizeAs(flights.get(0));
	}

	private static List<List<String>> flights(int version, Map<String, String> properties, Work work) {
		try (WireTap tap = new WireTap(database(version))) {
			DataSource plain = tap.dataSource(properties(properties));
			List<String> without = flights(tap, plain, work);
			try (BemiContext.Scope scope = BemiContext.open(Map.of("user", "alice"))) {
				return List.of(without, flights(tap, new BemiDataSource(plain), work));
			}
		}
	}

	private static List<String> flights(WireTap tap, DataSource dataSource, Work work) {
		try (Connection connection = dataSource.getConnection()) {
			connection.createStatement().execute("SELECT 1");
			tap.reset();
			for (int i = 0; i < EXECUTIONS; i++) {
				work.run(connection);
			}
			return tap.flights();
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Properties properties(Map<String, String> settings) {
		Properties properties = new Properties();
		properties.putAll(settings);
		return properties;
	}

	private static void inTransaction(Connection connection, Step step) throws SQLException {
		connection.setAutoCommit(false);
		step.run();
		connection.commit();
		connection.setAutoCommit(true);
	}

	private static void insert(Connection connection, String name) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement("INSERT INTO item (name) VALUES (?)")) {
			statement.setString(1, name);
			statement.executeUpdate();
		}
	}

	private static void insertBatch(Connection connection, int size) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement("INSERT INTO item (name) VALUES (?)")) {
			for (int i = 0; i < size; i++) {
				statement.setString(1, "b" + i);
				statement.addBatch();
			}
			statement.executeBatch();
		}
	}

	private static void count(Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement("SELECT count(*) FROM item WHERE id < ?")) {
			statement.setLong(1, 10);
			statement.executeQuery().next();
		}
	}

	/**
	 * A kind of work.
	 *
	 * @param more how many more round trips it takes with the proxy
	 * @param work does it
	 */
	private record Kind(int more, Work work) {
	}

	private interface Work {

		void run(Connection connection) throws SQLException;

	}

	private interface Step {

		void run() throws SQLException;

	}

}
