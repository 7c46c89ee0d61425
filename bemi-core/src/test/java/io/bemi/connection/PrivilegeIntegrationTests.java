package io.bemi.connection;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import javax.sql.DataSource;

import io.bemi.context.BemiContext;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * A role that may not call {@code pg_logical_emit_message}, from the start or from some
 * moment on, loses contexts and nothing else.
 */
@ParameterizedClass
@ValueSource(ints = { 14, 18 })
@ExtendWith(OutputCaptureExtension.class)
class PrivilegeIntegrationTests {

	private static final int ROUNDS = Boolean.getBoolean("bemi.soak") ? 3_000 : 50;

	@Parameter
	int version;

	private TestDatabase database;

	private WalMessages wal;

	private String function;

	@BeforeEach
	void setUp() {
		this.database = PostgresServer.version(this.version).createDatabase();
		this.database.execute("CREATE TABLE item (id int PRIMARY KEY)");
		this.wal = new WalMessages(this.database);
		this.function = this.database
			.query("SELECT p.oid::regprocedure FROM pg_proc p WHERE proname = 'pg_logical_emit_message'"
					+ " AND proargtypes[2] = 'text'::regtype")
			.get(0);
	}

	@AfterEach
	void tearDown() {
		this.database.close();
	}

	static Stream<Map<String, String>> settings() {
		return Stream.of(Map.of(), Map.of("preferQueryMode", "simple"), Map.of("prepareThreshold", "1"),
				Map.of("autosave", "always"), Map.of("autosave", "conservative"),
				Map.of("preferQueryMode", "extendedForPrepared"));
	}

	@Test
	void roleThatMayNotEmitWritesWithoutContext(CapturedOutput output) throws SQLException {
		withRole(Map.of(), (dataSource) -> {
			revoke();
			insertInTransaction(dataSource, 1);
			insert(dataSource, 2);
		});
		assertThat(this.database.query("SELECT id FROM item")).containsExactly("1", "2");
		assertThat(this.wal.messages()).isEmpty();
		assertThat(output.getOut().split("GRANT EXECUTE ON FUNCTION pg_catalog.pg_logical_emit_message", -1))
			.hasSize(2);
	}

	@ParameterizedTest
	@MethodSource("settings")
	void privilegeThatIsRevokedLaterCostsNoTransaction(Map<String, String> properties, CapturedOutput output)
			throws SQLException {
		withRole(properties, (dataSource) -> {
			insertInTransaction(dataSource, 1);
			try (Connection other = dataSource.getConnection()) {
				other.setAutoCommit(false);
				insert(other, 2);
				revoke();
				insertInTransaction(dataSource, 3);
				other.commit();
				insertInTransaction(dataSource, 4);
				insert(dataSource, 5);
			}
		});
		assertThat(this.database.query("SELECT id FROM item ORDER BY id")).containsExactly("1", "2", "3", "4", "5");
		assertThat(this.wal.messages()).hasSize(1);
		assertThat(output).contains("GRANT EXECUTE ON FUNCTION");
	}

	@ParameterizedTest
	@MethodSource("settings")
	void privilegeThatIsRevokedWithinTransactionCostsNothingOfIt(Map<String, String> properties) throws SQLException {
		withRole(properties, (dataSource) -> {
			try (Connection connection = dataSource.getConnection()) {
				connection.setAutoCommit(false);
				insert(connection, 1);
				revoke();
				try (BemiContext.Scope scope = BemiContext.open(Map.of("user", "bob"))) {
					insert(connection, 2);
				}
				execute(connection, "SAVEPOINT before");
				insert(connection, 3);
				execute(connection, "ROLLBACK TO SAVEPOINT before");
				insert(connection, 4);
				execute(connection, "COMMIT");
				insert(connection, 5);
				connection.setAutoCommit(true);
			}
		});
		assertThat(this.database.query("SELECT id FROM item ORDER BY id")).containsExactly("1", "2", "4", "5");
		assertThat(this.wal.messages()).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("settings")
	void commitThatTheDatabaseForbidsFailsAsWithoutTheProxy(Map<String, String> properties) throws SQLException {
		this.database.execute(
				"CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
						+ " RAISE insufficient_privilege; END $$",
				"CREATE CONSTRAINT TRIGGER forbid AFTER INSERT ON item DEFERRABLE INITIALLY DEFERRED"
						+ " FOR EACH ROW EXECUTE FUNCTION forbid()");
		withRole(properties, (dataSource) -> {
			try (Connection connection = dataSource.getConnection()) {
				connection.setAutoCommit(false);
				insert(connection, 1);
				assertThatThrownBy(connection::commit).isInstanceOfSatisfying(SQLException.class,
						(ex) -> assertThat(ex.getSQLState()).isEqualTo("42501"));
				assertThat(connection.unwrap(BaseConnection.class).getTransactionState())
					.isEqualTo(TransactionState.IDLE);
				connection.rollback();
				this.database.execute("ALTER TABLE item DISABLE TRIGGER forbid");
				insert(connection, 2);
				connection.commit();
			}
		});
		assertThat(this.database.query("SELECT id FROM item")).containsExactly("2");
		assertThat(this.wal.messages()).hasSize(1);
	}

	@Test
	void privilegeThatComesAndGoesCostsNoTransaction() throws SQLException {
		withRole(Map.of(), (dataSource) -> {
			AtomicBoolean done = new AtomicBoolean();
			CompletableFuture<Void> administrator = CompletableFuture.runAsync(() -> {
				while (!done.get()) {
					revoke();
					grant();
				}
			});
			try {
				for (int id = 1; id <= ROUNDS; id++) {
					// A data source each: one that has seen the privilege go does not try
					// again.
					BemiDataSource another = new BemiDataSource(dataSource.unwrap(PGSimpleDataSource.class));
					try (Connection connection = another.getConnection()) {
						connection.setAutoCommit(false);
						for (int i = 0; i < 10; i++) {
							insert(connection, 10 * id + i);
							connection.commit();
						}
					}
				}
			}
			finally {
				done.set(true);
				administrator.join();
			}
		});
		assertThat(this.database.query("SELECT count(*) FROM item")).containsExactly(String.valueOf(10 * ROUNDS));
	}

	@Test
	void roleWithoutThePrivilegeBesideOneThatHasItLosesNothing() throws SQLException {
		withRole(Map.of(), (dataSource) -> {
			try (Connection limited = dataSource.getConnection();
					Connection other = dataSource.getConnection(this.database.server().username(),
							this.database.server().password())) {
				limited.setAutoCommit(false);
				other.setAutoCommit(false);
				insert(limited, 1);
				limited.commit();
				revoke();
				insert(limited, 2);
				limited.commit();
				insert(other, 3);
				other.commit();
				insert(limited, 4);
				limited.commit();
				insert(limited, 5);
				limited.commit();
			}
		});
		assertThat(this.database.query("SELECT id FROM item ORDER BY id")).containsExactly("1", "2", "3", "4", "5");
	}

	@ParameterizedTest
	@MethodSource("settings")
	void privilegeThatIsRevokedLaterCostsNoWriteInAutocommit(Map<String, String> properties, CapturedOutput output)
			throws SQLException {
		withRole(properties, (dataSource) -> {
			insert(dataSource, 1);
			try (Connection open = dataSource.getConnection()) {
				insert(open, 2);
				revoke();
				insert(open, 3);
				insert(open, 4);
			}
			insertInTransaction(dataSource, 5);
		});
		assertThat(this.database.query("SELECT id FROM item ORDER BY id")).containsExactly("1", "2", "3", "4", "5");
		assertThat(this.wal.messages()).hasSize(2);
		assertThat(output).contains("GRANT EXECUTE ON FUNCTION");
	}

	private void withRole(Map<String, String> properties, Work work) throws SQLException {
		String role = "app_" + this.database.name();
		this.database.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'x'", "GRANT INSERT ON item TO " + role);
		try (BemiContext.Scope scope = BemiContext.open(Map.of("user", "alice"))) {
			PGSimpleDataSource plain = (PGSimpleDataSource) this.database.dataSource();
			plain.setUser(role);
			plain.setPassword("x");
			for (Map.Entry<String, String> property : properties.entrySet()) {
				plain.setProperty(property.getKey(), property.getValue());
			}
			work.run(new BemiDataSource(plain));
		}
		finally {
			grant();
			this.database.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
		}
	}

	private void revoke() {
		this.database.execute("REVOKE EXECUTE ON FUNCTION " + this.function + " FROM PUBLIC");
	}

	private void grant() {
		this.database.execute("GRANT EXECUTE ON FUNCTION " + this.function + " TO PUBLIC");
	}

	private static void insertInTransaction(DataSource dataSource, int id) throws SQLException {
		try (Connection connection = dataSource.getConnection()) {
			connection.setAutoCommit(false);
			insert(connection, id);
			connection.commit();
		}
	}

	private static void insert(DataSource dataSource, int id) throws SQLException {
		try (Connection connection = dataSource.getConnection()) {
			insert(connection, id);
		}
	}

	private static void insert(Connection connection, int id) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement("INSERT INTO item VALUES (?)")) {
			statement.setInt(1, id);
			statement.executeUpdate();
		}
	}

	private static void execute(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private interface Work {

		void run(BemiDataSource dataSource) throws SQLException;

	}

}
