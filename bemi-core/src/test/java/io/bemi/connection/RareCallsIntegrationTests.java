package io.bemi.connection;

import java.io.ByteArrayInputStream;
import java.sql.BatchUpdateException;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.bemi.context.BemiContext;
import io.bemi.context.ContextSnapshot;
import io.bemi.context.ContextWriter;
import io.bemi.context.RequestContext;
import io.bemi.context.RequestDetails;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Calls that are rare: what they do must be the same with and without contexts.
 */
class RareCallsIntegrationTests {

	private TestDatabase database;

	private WalMessages wal;

	private DataSource dataSource;

	@BeforeEach
	void setUp() {
		this.database = PostgresServer.shared().createDatabase();
		this.database.execute("CREATE TABLE item (id int PRIMARY KEY, data bytea)");
		this.wal = new WalMessages(this.database);
		this.dataSource = new BemiDataSource(this.database.dataSource());
	}

	@AfterEach
	void tearDown() {
		this.database.close();
	}

	@Test
	void connectionBehindAResultIsTheSame() throws SQLException {
		BemiContext.run(Map.of("user", "alice"), () -> {
			try (Connection connection = this.dataSource.getConnection();
					Statement statement = connection.createStatement();
					ResultSet rows = statement.executeQuery("SELECT 1")) {
				rows.getStatement().executeUpdate("INSERT INTO item VALUES (1)");
				try (Connection same = statement.getConnection()) {
					assertThat(same).isSameAs(connection);
				}
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		});
		assertThat(this.wal.messages()).containsExactly("_bemi {\"user\":\"alice\"}");
	}

	@Test
	void unwrapDoesNotWaitForAStatementThatItIsToCancel() throws Exception {
		try (Connection connection = this.dataSource.getConnection();
				Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			CompletableFuture<Void> sleep = run(() -> statement.execute("SELECT pg_sleep(30)"));
			awaitSleep();
			run(() -> {
				connection.unwrap(PGConnection.class).cancelQuery();
				return null;
			}).get(20, TimeUnit.SECONDS);
			assertThatThrownBy(() -> sleep.get(20, TimeUnit.SECONDS)).hasMessageContaining("cancel");
			connection.rollback();
		}
	}

	@Test
	void streamIsReadOnceByAProcedureThatCommits() throws Exception {
		this.database.execute(
				"CREATE PROCEDURE p(i int, b bytea) LANGUAGE plpgsql AS $$ BEGIN INSERT INTO item VALUES (i, b); COMMIT; END $$");
		try (Connection connection = this.dataSource.getConnection();
				BemiContext.Scope scope = BemiContext.open(Map.of("user", "a"));
				CallableStatement call = connection.prepareCall("CALL p(?, ?)")) {
			call.setInt(1, 1);
			call.setBinaryStream(2, new ByteArrayInputStream(new byte[] { 1, 2, 3 }), 3);
			call.execute();
		}
		assertThat(this.database.query("SELECT data::text FROM item")).containsExactly("\\x010203");
	}

	@Test
	void batchOfProceduresKeepsTheValuesItWasGiven() throws Exception {
		this.database.execute(
				"CREATE PROCEDURE p(i int, b bytea) LANGUAGE plpgsql AS $$ BEGIN INSERT INTO item VALUES (i, b); COMMIT; END $$");
		PGSimpleDataSource plain = (PGSimpleDataSource) this.database.dataSource();
		plain.setProperty("preferQueryMode", "simple");
		try (Connection connection = new BemiDataSource(plain).getConnection();
				BemiContext.Scope scope = BemiContext.open(Map.of("user", "a"));
				CallableStatement call = connection.prepareCall("CALL p(?, ?)")) {
			byte[] buffer = new byte[1];
			for (int i = 0; i < 3; i++) {
				buffer[0] = (byte) i;
				call.setInt(1, i);
				call.setBytes(2, buffer);
				call.addBatch();
			}
			call.executeBatch();
		}
		assertThat(this.database.query("SELECT data::text FROM item ORDER BY id")).containsExactly("\\x00", "\\x01",
				"\\x02");
	}

	@Test
	void triggerSpeaksForABatchOfStreams() throws Exception {
		this.database.execute(
				"CREATE PROCEDURE p(i int, b bytea) LANGUAGE plpgsql AS $$ BEGIN INSERT INTO item VALUES (i, b); END $$");
		try (Connection connection = this.dataSource.getConnection();
				BemiContext.Scope scope = BemiContext.open(Map.of("user", "a"));
				Statement statement = connection.createStatement();
				CallableStatement call = connection.prepareCall("CALL p(?, ?)")) {
			statement.execute("INSERT INTO item VALUES (9)");
			call.setInt(1, 1);
			call.setBinaryStream(2, new ByteArrayInputStream(new byte[] { 1, 2, 3 }), 3);
			call.addBatch();
			call.executeBatch();
			try (var rows = statement.executeQuery("SELECT current_setting('bemi.proxy', true)")) {
				rows.next();
				assertThat(rows.getString(1)).isEmpty();
			}
		}
	}

	@Test
	void providerAskedWithinATransactionUsesAPoolOfOne() throws Exception {
		try (HikariDataSource pool = pool()) {
			ContextWriter writer = new ContextWriter();
			DataSource one = new BemiDataSource(pool, writer, Autocommit.WRAP);
			HttpServletRequest request = mock(HttpServletRequest.class);
			given(request.getMethod()).willReturn("GET");
			try (BemiContext.Scope scope = new RequestContext(
					List.of((r) -> Map.of("items", query(one, "SELECT count(*) FROM item"))), RequestDetails.SERVLET,
					writer)
				.open(request);
					Connection connection = one.getConnection();
					Statement statement = connection.createStatement()) {
				connection.setAutoCommit(false);
				statement.execute("INSERT INTO item VALUES (1)");
				ContextSnapshot.capture();
				statement.execute("INSERT INTO item VALUES (2)");
				connection.commit();
			}
			assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
		}
		assertThat(this.wal.messages()).singleElement().asString().contains("\"items\":\"1\"");
	}

	@Test
	void schemaThatAProviderSetsEndsWithItsConnection() throws Exception {
		this.database.execute("CREATE SCHEMA tenant");
		ContextWriter writer = new ContextWriter();
		DataSource one = new BemiDataSource(this.database.dataSource(), writer, Autocommit.WRAP);
		HttpServletRequest request = mock(HttpServletRequest.class);
		given(request.getMethod()).willReturn("GET");
		try (BemiContext.Scope scope = new RequestContext(List.of((r) -> {
			try (Connection own = one.getConnection()) {
				own.setSchema("public");
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
			return null;
		}), RequestDetails.SERVLET, writer).open(request);
				Connection connection = one.getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("SET search_path TO tenant, public");
			connection.setAutoCommit(false);
			statement.execute("INSERT INTO item VALUES (1)");
			connection.commit();
			try (var rows = statement.executeQuery("SHOW search_path")) {
				rows.next();
				assertThat(rows.getString(1)).isEqualTo("tenant, public");
			}
		}
	}

	@Test
	void commitThatIsRefusedKeepsWhatIsOwed() throws Exception {
		try (Connection connection = this.dataSource.getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("BEGIN");
			try (BemiContext.Scope scope = BemiContext.open(Map.of("user", "a"))) {
				statement.execute("INSERT INTO item VALUES (1)");
			}
			assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
			assertThatThrownBy(connection::rollback).isInstanceOf(SQLException.class);
			try (BemiContext.Scope scope = BemiContext.open(Map.of("user", "b"))) {
				statement.execute("COMMIT");
			}
		}
		assertThat(this.wal.messages()).containsExactly("_bemi {\"user\":\"a\"}");
	}

	@Test
	void savepointsEndWithTheOneBeforeThem() throws Exception {
		try (Connection connection = this.dataSource.getConnection();
				Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			Savepoint first = connection.setSavepoint("x");
			try (BemiContext.Scope scope = BemiContext.open(Map.of("user", "a"))) {
				statement.execute("INSERT INTO item VALUES (1)");
				connection.setSavepoint("x");
			}
			connection.rollback(first);
			try (BemiContext.Scope scope = BemiContext.open(Map.of("user", "b"))) {
				statement.execute("ROLLBACK TO SAVEPOINT x");
				statement.execute("INSERT INTO item VALUES (2)");
			}
			connection.commit();
		}
		assertThat(this.wal.messages()).containsExactly("_bemi {\"user\":\"b\"}");
	}

	@Test
	void statementOfAConnectionThatIsBackInItsPoolSaysThatItIsClosed() throws SQLException {
		try (HikariDataSource pool = pool()) {
			for (DataSource each : List.of(pool, new BemiDataSource(pool))) {
				Connection connection = each.getConnection();
				Statement statement = connection.createStatement();
				PreparedStatement prepared = connection.prepareStatement("INSERT INTO item VALUES (1)");
				connection.close();
				assertThatThrownBy(() -> statement.execute("SELECT 1")).hasMessage("This statement has been closed.");
				assertThatThrownBy(prepared::executeUpdate).hasMessage("This statement has been closed.");
				assertThatThrownBy(statement::executeBatch).hasMessage("This statement has been closed.");
				assertThatThrownBy(connection::commit).hasMessage("Connection is closed");
			}
		}
	}

	@Test
	void connectionThatDoesNotAnswerKeepsNoOtherWaiting() throws Exception {
		try (Connection busy = this.database.dataSource().getConnection();
				Connection idle = this.database.dataSource().getConnection()) {
			Iterator<Connection> connections = List.of(busy, idle).iterator();
			DataSource two = new BemiDataSource(new DelegatingDataSource(this.database.dataSource()) {
				@Override
				public Connection getConnection() {
					return connections.next();
				}
			});
			Connection first = two.getConnection();
			Connection second = two.getConnection();
			CompletableFuture<Void> sleep = run(() -> busy.createStatement().execute("SELECT pg_sleep(30)"));
			awaitSleep();
			CompletableFuture<Void> waiting = run(first::createStatement);
			run(second::createStatement).get(20, TimeUnit.SECONDS);
			assertThat(waiting).isNotDone();
			busy.unwrap(PGConnection.class).cancelQuery();
			assertThatThrownBy(sleep::join).hasMessageContaining("cancel");
			waiting.get(20, TimeUnit.SECONDS);
		}
	}

	private void awaitSleep() {
		await().until(() -> !this.database
			.query("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'")
			.isEmpty());
	}

	private static CompletableFuture<Void> run(JdbcCall call) {
		return CompletableFuture.runAsync(() -> {
			try {
				call.run();
			}
			catch (Throwable ex) {
				throw new IllegalStateException(ex.getMessage(), ex);
			}
		});
	}

	@Test
	void batchThatFailsAtTheCommitFailsAsABatch() throws SQLException {
		this.database.execute("CREATE TABLE part (item int REFERENCES item (id) DEFERRABLE INITIALLY DEFERRED)");
		List<String> failures = new ArrayList<>();
		for (DataSource each : List.of(this.database.dataSource(), this.dataSource)) {
			try (Connection connection = each.getConnection();
					BemiContext.Scope scope = BemiContext.open(Map.of("user", "a"));
					PreparedStatement insert = connection.prepareStatement("INSERT INTO part VALUES (?)")) {
				for (int item = 1; item < 4; item++) {
					insert.setInt(1, item);
					insert.addBatch();
				}
				assertThatThrownBy(insert::executeBatch).isInstanceOfSatisfying(BatchUpdateException.class,
						(ex) -> failures.add(ex.getSQLState() + ex.getMessage() + ex.getNextException().getMessage()
								+ Arrays.toString(ex.getUpdateCounts())));
				assertThat(connection.getAutoCommit()).isTrue();
			}
		}
		assertThat(failures.get(1)).isEqualTo(failures.get(0));
		assertThat(this.database.query("SELECT item FROM part")).isEmpty();
	}

	@Test
	void valueThatCannotBeComparedFailsNothing() throws Exception {
		Object evil = new Object() {
			@Override
			public boolean equals(Object other) {
				throw new IllegalStateException("lazy");
			}

			@Override
			public int hashCode() {
				return 1;
			}
		};
		try (Connection connection = this.dataSource.getConnection();
				Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			try (BemiContext.Scope scope = BemiContext.open(Map.of("user", evil))) {
				statement.execute("INSERT INTO item VALUES (1)");
				BemiContext.put("user", evil);
				statement.execute("INSERT INTO item VALUES (2)");
			}
			connection.commit();
		}
		assertThat(this.database.query("SELECT id FROM item")).hasSize(2);
	}

	@Test
	void providerThatThrowsAnErrorFailsNothing() throws Exception {
		ContextWriter writer = new ContextWriter();
		DataSource one = new BemiDataSource(this.database.dataSource(), writer, Autocommit.WRAP);
		HttpServletRequest request = mock(HttpServletRequest.class);
		given(request.getMethod()).willReturn("GET");
		try (BemiContext.Scope scope = new RequestContext(List.of((r) -> {
			throw new AssertionError("x");
		}), RequestDetails.SERVLET, writer).open(request);
				Connection connection = one.getConnection();
				Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute("INSERT INTO item VALUES (1)");
			connection.commit();
		}
		assertThat(this.wal.messages()).hasSize(1);
	}

	private HikariDataSource pool() {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(this.database.url());
		pool.setUsername(this.database.server().username());
		pool.setPassword(this.database.server().password());
		pool.setMaximumPoolSize(1);
		pool.setConnectionTimeout(20_000);
		return pool;
	}

	private static String query(DataSource dataSource, String sql) {
		try (Connection connection = dataSource.getConnection();
				Statement statement = connection.createStatement();
				var rows = statement.executeQuery(sql)) {
			rows.next();
			return rows.getString(1);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex.getMessage(), ex);
		}
	}

}
