package io.bemi.connection;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.bemi.context.BemiContext;
import io.bemi.context.ContextMeter;
import io.bemi.context.ContextProvider;
import io.bemi.context.ContextSnapshot;
import io.bemi.context.ContextWriter;
import io.bemi.context.OnError;
import io.bemi.context.RequestContext;
import io.bemi.context.RequestDetails;
import io.bemi.context.TraceSource;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Providers that use the database themselves, and what is counted.
 */
class ProviderIntegrationTests {

	private final List<String> counted = new ArrayList<>();

	private final ContextWriter writer = new ContextWriter(OnError.RECORD, 4096, List.of(), TraceSource.NONE,
			new Counting());

	private TestDatabase database;

	private WalMessages wal;

	private DataSource dataSource;

	@BeforeEach
	void setUp() {
		this.database = PostgresServer.shared().createDatabase();
		this.database.execute("CREATE TABLE item (id int PRIMARY KEY)");
		this.wal = new WalMessages(this.database);
		this.dataSource = new BemiDataSource(this.database.dataSource(), this.writer, Autocommit.WRAP);
	}

	@AfterEach
	void tearDown() {
		this.database.close();
	}

	@Test
	void asksTheDatabaseThroughAPoolOfOne() throws Exception {
		try (HikariDataSource pool = new HikariDataSource()) {
			pool.setJdbcUrl(this.database.url());
			pool.setUsername(this.database.server().username());
			pool.setPassword(this.database.server().password());
			pool.setMaximumPoolSize(1);
			pool.setConnectionTimeout(20_000);
			DataSource one = new BemiDataSource(pool, this.writer, Autocommit.WRAP);
			inRequest((request) -> Map.of("items", query(one, "SELECT count(*) FROM item")),
					() -> transaction(one, "INSERT INTO item VALUES (1)"));
		}
		assertThat(this.wal.messages()).singleElement().asString().contains("\"items\":\"1\"");
	}

	@Test
	void failingQueryAtCommitLeavesTheTransactionAlone() throws Exception {
		inRequest((request) -> {
			assertThatThrownBy(() -> query(this.dataSource, "SELECT 1 / 0")).hasMessageContaining("division by zero");
			return Map.of("after", query(this.dataSource, "SELECT 'failure'"));
		}, () -> transaction(this.dataSource, "INSERT INTO item VALUES (1)"));
		assertThat(this.database.query("SELECT id FROM item")).containsExactly("1");
		assertThat(this.wal.messages()).singleElement().asString().contains("\"after\":\"failure\"");
	}

	@Test
	void rollbackOfTheProviderTakesBackOnlyItsOwn() throws Exception {
		inRequest((request) -> {
			try (Connection own = this.dataSource.getConnection(); Statement statement = own.createStatement()) {
				own.setAutoCommit(false);
				statement.execute("INSERT INTO item VALUES (2)");
				own.commit();
				statement.execute("INSERT INTO item VALUES (3)");
				assertThatThrownBy(() -> statement.execute("nonsense")).isInstanceOf(SQLException.class);
				statement.execute("INSERT INTO item VALUES (4)");
				own.rollback();
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
			return Map.of("user", "alice");
		}, () -> transaction(this.dataSource, "INSERT INTO item VALUES (1)"));
		assertThat(this.database.query("SELECT id FROM item ORDER BY id")).containsExactly("1", "2");
		assertThat(this.wal.messages()).hasSize(1);
	}

	@Test
	void handOverWithinATransactionTouchesNothingThatIsOwed() throws Exception {
		try (Connection connection = this.dataSource.getConnection();
				Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			BemiContext.run(Map.of("user", "before"), () -> execute(statement, "INSERT INTO item VALUES (1)"));
			handOver(statement);
			assertThat(this.counted).isEmpty();
			BemiContext.run(Map.of("user", "after"), () -> execute(statement, "INSERT INTO item VALUES (2)"));
			handOver(statement);
			connection.commit();
		}
		List<String> lines = this.wal.lines();
		assertThat(lines).hasSize(6);
		assertThat(lines.get(2)).isEqualTo("_bemi {\"user\":\"before\"}");
		assertThat(lines.get(4)).isEqualTo("_bemi {\"user\":\"after\"}");
	}

	@Test
	void handOverBetweenSavepointsLeavesThemAlone() throws Exception {
		try (Connection connection = this.dataSource.getConnection();
				Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute("INSERT INTO item VALUES (1)");
			handOver(statement);
			Savepoint first = connection.setSavepoint();
			handOver(statement);
			Savepoint second = connection.setSavepoint();
			statement.execute("INSERT INTO item VALUES (2)");
			handOver(statement);
			connection.rollback(second);
			handOver(statement);
			connection.releaseSavepoint(first);
			statement.execute("INSERT INTO item VALUES (3)");
			handOver(statement);
			connection.commit();
			handOver(statement);
			statement.execute("INSERT INTO item VALUES (4)");
			handOver(statement);
			connection.rollback();
			handOver(statement);
			connection.setAutoCommit(true);
		}
		assertThat(this.database.query("SELECT id FROM item ORDER BY id")).containsExactly("1", "3");
	}

	private void handOver(Statement statement) throws Exception {
		inRequest((request) -> {
			assertThatThrownBy(() -> statement.execute("SELECT 1 / 0")).isInstanceOf(SQLException.class);
			execute(statement, "SELECT 1");
			return Map.of("user", "provider");
		}, ContextSnapshot::capture);
	}

	@Test
	void providerThatWritesInAutocommitSendsNoContext() throws Exception {
		inRequest((request) -> {
			try (Connection own = this.dataSource.getConnection(); Statement statement = own.createStatement()) {
				statement.execute("INSERT INTO item VALUES (1)");
				own.setAutoCommit(false);
				statement.execute("INSERT INTO item VALUES (2)");
				own.commit();
				statement.execute("INSERT INTO item VALUES (3)");
				own.setAutoCommit(true);
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
			return Map.of("user", "alice");
		}, ContextSnapshot::capture);
		assertThat(this.database.query("SELECT count(*) FROM item")).containsExactly("3");
		assertThat(this.counted).isEmpty();
		assertThat(this.wal.messages()).isEmpty();
	}

	@Test
	void countsWhatIsSentAndWhatTheServerKeeps() throws SQLException {
		BemiContext.run(Map.of("user", "alice"), () -> {
			transaction(this.dataSource, "SELECT 1");
			assertThat(this.counted).containsExactly("sent");
			transaction(this.dataSource, "INSERT INTO item VALUES (1)");
			assertThat(this.counted).containsExactly("sent", "sent", "kept");
			autocommit(this.dataSource, "INSERT INTO item VALUES (2)");
			autocommit(this.dataSource, "SELECT 1");
		});
		transaction(this.dataSource, "INSERT INTO item VALUES (3)");
		assertThat(this.counted).containsExactly("sent", "sent", "kept", "sent", "kept");
	}

	@Test
	void countsWhatIsGivenUp() throws SQLException {
		BemiContext.run(Map.of("bad", new Object()), () -> transaction(this.dataSource, "INSERT INTO item VALUES (1)"));
		BemiContext.run(Map.of("large", "x".repeat(5000)),
				() -> transaction(this.dataSource, "INSERT INTO item VALUES (2)"));
		assertThat(this.counted).containsExactly("failed", "sent", "kept", "tooLarge", "sent", "kept");
	}

	private void inRequest(ContextProvider provider, Callable<?> work) throws Exception {
		HttpServletRequest request = mock(HttpServletRequest.class);
		given(request.getMethod()).willReturn("GET");
		try (BemiContext.Scope scope = new RequestContext(List.of(provider), RequestDetails.SERVLET, this.writer)
			.open(request)) {
			work.call();
		}
	}

	private static @org.jspecify.annotations.Nullable Object transaction(DataSource dataSource, String sql) {
		try (Connection connection = dataSource.getConnection(); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute(sql);
			connection.commit();
			connection.setAutoCommit(true);
			return null;
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void autocommit(DataSource dataSource, String sql) {
		try (Connection connection = dataSource.getConnection(); Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void execute(Statement statement, String sql) {
		try {
			statement.execute(sql);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String query(DataSource dataSource, String sql) {
		try (Connection connection = dataSource.getConnection()) {
			return query(connection, sql);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex.getMessage(), ex);
		}
	}

	private static String query(Connection connection, String sql) {
		try (Statement statement = connection.createStatement(); var rows = statement.executeQuery(sql)) {
			rows.next();
			return rows.getString(1);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex.getMessage(), ex);
		}
	}

	private final class Counting implements ContextMeter {

		@Override
		public void sent() {
			ProviderIntegrationTests.this.counted.add("sent");
		}

		@Override
		public void kept() {
			ProviderIntegrationTests.this.counted.add("kept");
		}

		@Override
		public void tooLarge() {
			ProviderIntegrationTests.this.counted.add("tooLarge");
		}

		@Override
		public void failed() {
			ProviderIntegrationTests.this.counted.add("failed");
		}

	}

}
