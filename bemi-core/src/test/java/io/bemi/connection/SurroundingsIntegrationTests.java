package io.bemi.connection;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import com.zaxxer.hikari.HikariDataSource;
import io.bemi.context.BemiContext;
import io.bemi.context.ContextException;
import io.bemi.context.ContextWriter;
import io.bemi.context.OnError;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Servers, pools and contexts that make it hard: the application's transaction never
 * fails because of them.
 */
@ParameterizedClass
@ValueSource(ints = { 14, 18 })
@ExtendWith(OutputCaptureExtension.class)
class SurroundingsIntegrationTests {

	@Parameter
	int version;

	private TestDatabase database;

	private WalMessages wal;

	@BeforeEach
	void setUp() {
		this.database = PostgresServer.version(this.version).createDatabase();
		this.database.execute("CREATE TABLE item (id int PRIMARY KEY)");
		this.wal = new WalMessages(this.database);
	}

	@AfterEach
	void tearDown() {
		this.database.close();
	}

	@Test
	void anyContextFitsInLatin1Database() throws SQLException {
		String name = this.database.name() + "_latin1";
		this.database.execute("CREATE DATABASE " + name + " ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
		try (TestDatabase latin1 = new TestDatabase(this.database.server(), name)) {
			latin1.execute("CREATE TABLE item (id int PRIMARY KEY)");
			BemiDataSource dataSource = new BemiDataSource(latin1.dataSource());
			BemiContext.run(Map.of("n", "\u0141\u0000\uD83D\uDE00"), () -> {
				insertInTransaction(dataSource, 1);
				insert(dataSource, 2);
			});
			assertThat(latin1.query("SELECT id FROM item")).containsExactly("1", "2");
		}
	}

	@Test
	void hiddenDeallocateDoesNotLoseTheTransaction() throws SQLException {
		PGSimpleDataSource plain = (PGSimpleDataSource) this.database.dataSource();
		plain.setProperty("autosave", "always");
		BemiContext.run(Map.of("user", "alice"), () -> {
			try (Connection connection = new BemiDataSource(plain).getConnection();
					Statement statement = connection.createStatement()) {
				connection.setAutoCommit(false);
				for (int i = 0; i < 10; i++) {
					statement.execute("INSERT INTO item VALUES (" + i + ")");
					connection.commit();
				}
				statement.execute("INSERT INTO item VALUES (10)");
				statement.execute("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$");
				connection.commit();
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		});
		assertThat(this.database.query("SELECT count(*) FROM item")).containsExactly("11");
		assertThat(this.wal.messages()).hasSize(11);
	}

	@Test
	void poolStaysVisibleAndSeesEachCommit() throws SQLException {
		try (HikariDataSource pool = new HikariDataSource()) {
			pool.setJdbcUrl(this.database.url());
			pool.setUsername(this.database.server().username());
			pool.setPassword(this.database.server().password());
			pool.setMaximumPoolSize(2);
			BemiDataSource dataSource = new BemiDataSource(pool);
			assertThat(dataSource.unwrap(HikariDataSource.class)).isSameAs(pool);
			BemiContext.run(Map.of("user", "alice"), () -> {
				for (int i = 0; i < 10; i += 2) {
					insertInTransaction(dataSource, i);
					insert(dataSource, i + 1);
				}
			});
			assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
			assertThat(pool.getHikariPoolMXBean().getTotalConnections()).isPositive();
		}
		assertThat(this.wal.messages()).hasSize(10).containsOnly("_bemi {\"user\":\"alice\"}");
	}

	@Test
	void poolEvictsConnectionThatDiesInOurFlight() throws SQLException {
		try (HikariDataSource pool = new HikariDataSource()) {
			pool.setJdbcUrl(this.database.url());
			pool.setUsername(this.database.server().username());
			pool.setPassword(this.database.server().password());
			pool.setMaximumPoolSize(1);
			BemiDataSource dataSource = new BemiDataSource(pool);
			BemiContext.run(Map.of("user", "alice"), () -> {
				try (Connection connection = dataSource.getConnection();
						Statement statement = connection.createStatement()) {
					connection.setAutoCommit(false);
					statement.execute("INSERT INTO item VALUES (1)");
					TransactionScenarios.kill(connection, this.database);
					assertThatThrownBy(connection::commit).isInstanceOfSatisfying(SQLException.class,
							(ex) -> assertThat(ex.getSQLState()).isEqualTo("57P01"));
				}
				catch (SQLException ex) {
					throw new IllegalStateException(ex);
				}
				insertInTransaction(dataSource, 2);
			});
		}
		assertThat(this.database.query("SELECT id FROM item")).containsExactly("2");
	}

	@Test
	void wrappedTwiceSendsOnce() throws SQLException {
		BemiDataSource twice = new BemiDataSource(
				new DelegatingDataSource(new BemiDataSource(this.database.dataSource())));
		BemiContext.run(Map.of("user", "alice"), () -> {
			insertInTransaction(twice, 1);
			insert(twice, 2);
		});
		assertThat(this.wal.messages()).hasSize(2);
	}

	@Test
	void contextThatCannotBeBuiltFailsTheTransactionWhereAskedTo() throws SQLException {
		BemiDataSource strict = new BemiDataSource(this.database.dataSource(),
				new ContextWriter(OnError.FAIL, 1024, List.of()), Autocommit.WRAP);
		BemiContext.run(Map.of("bad", new Object()), () -> {
			assertThatThrownBy(() -> insertInTransaction(strict, 1)).rootCause().hasMessageContaining("No serializer");
			assertThatThrownBy(() -> insert(strict, 2)).cause().cause().isInstanceOf(ContextException.class);
		});
		assertThat(this.database.query("SELECT id FROM item")).isEmpty();
	}

	@Test
	void contextThatCannotBeBuiltIsRecordedAsSuch() {
		BemiDataSource dataSource = new BemiDataSource(this.database.dataSource());
		BemiContext.run(Map.of("bad", new Object(), "good", 1), () -> insertInTransaction(dataSource, 1));
		assertThat(this.wal.messages()).singleElement()
			.asString()
			.startsWith("_bemi {\"good\":1,\"_bemi\":{\"error\":\"The value of 'bad'");
	}

	@Test
	void threadsMayShareAnAutocommitConnection() throws SQLException {
		try (Connection connection = new BemiDataSource(this.database.dataSource()).getConnection()) {
			CompletableFuture.allOf(IntStream.range(0, 4)
				.mapToObj((thread) -> CompletableFuture.runAsync(() -> BemiContext.run(Map.of("thread", thread), () -> {
					for (int i = 0; i < 25; i++) {
						insert(connection, thread * 25 + i);
					}
				})))
				.toArray(CompletableFuture[]::new)).join();
			assertThat(connection.getAutoCommit()).isTrue();
		}
		assertThat(this.database.query("SELECT count(*) FROM item")).containsExactly("100");
		List<String> messages = this.wal.messages();
		assertThat(messages).hasSize(100);
		IntStream.range(0, 4)
			.forEach((thread) -> assertThat(messages.stream().filter(("_bemi {\"thread\":" + thread + "}")::equals))
				.hasSize(25));
	}

	@Test
	void preparedStatementKeptAcrossContextsUsesTheOneOfItsExecution() throws SQLException {
		try (Connection connection = new BemiDataSource(this.database.dataSource()).getConnection();
				PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?)")) {
			for (int i = 0; i < 3; i++) {
				insert.setInt(1, i);
				BemiContext.run(Map.of("n", i), () -> execute(insert));
			}
		}
		assertThat(this.wal.messages()).containsExactly("_bemi {\"n\":0}", "_bemi {\"n\":1}", "_bemi {\"n\":2}");
	}

	private static void insertInTransaction(javax.sql.DataSource dataSource, int id) {
		try (Connection connection = dataSource.getConnection()) {
			connection.setAutoCommit(false);
			insert(connection, id);
			connection.commit();
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void insert(javax.sql.DataSource dataSource, int id) {
		try (Connection connection = dataSource.getConnection()) {
			insert(connection, id);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void insert(Connection connection, int id) {
		try (PreparedStatement statement = connection.prepareStatement("INSERT INTO item VALUES (?)")) {
			statement.setInt(1, id);
			statement.executeUpdate();
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex.getMessage(), ex);
		}
	}

	private static void execute(PreparedStatement statement) {
		try {
			statement.executeUpdate();
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
