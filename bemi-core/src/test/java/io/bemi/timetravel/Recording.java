package io.bemi.timetravel;

import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.bemi.connection.BemiDataSource;
import io.bemi.ingestion.BaselineSettings;
import io.bemi.ingestion.Ingester;
import io.bemi.query.EntityTables;
import io.bemi.query.IngestionBarrier;
import io.bemi.query.JdbcChanges;
import io.bemi.query.QuerySettings;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.store.PostgresChangeSink;
import io.bemi.store.StoreSettings;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.tracking.ColumnRules;
import io.bemi.tracking.Tracking;
import io.bemi.tracking.TrackingSettings;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A database that is recorded, an application's pool, and the past.
 *
 * @param database the application's database
 * @param store the store's database, perhaps the same
 * @param pool the application's connections
 * @param dataSource the same, wrapped
 * @param ingester records
 * @param changes the history
 * @param travel the past
 */
record Recording(TestDatabase database, TestDatabase store, HikariDataSource pool, BemiDataSource dataSource,
		Ingester ingester, JdbcChanges changes, JdbcTimeTravel travel) implements AutoCloseable {

	private static final String COPIED = "(SELECT bool_and(completed_at IS NOT NULL) FROM bemi.baseline)";

	static Recording of(int version, boolean elsewhere, Set<String> rowSecurity, String... tables) throws Exception {
		TestDatabase database = PostgresServer.version(version).createDatabase();
		TestDatabase store = elsewhere ? PostgresServer.version(version).createDatabase() : database;
		return of(database, store, rowSecurity, tables);
	}

	static Recording of(int version, ColumnRules rules, String... tables) throws Exception {
		TestDatabase database = PostgresServer.version(version).createDatabase();
		return of(database, database, Set.of(), rules, false, tables);
	}

	/**
	 * One whose history is covered by a chain.
	 */
	static Recording chained(int version, boolean elsewhere, String... tables) throws Exception {
		TestDatabase database = PostgresServer.version(version).createDatabase();
		TestDatabase store = elsewhere ? PostgresServer.version(version).createDatabase() : database;
		return of(database, store, Set.of(), ColumnRules.NONE, true, tables);
	}

	static Recording of(TestDatabase database, TestDatabase store, Set<String> rowSecurity, String... tables)
			throws Exception {
		return of(database, store, rowSecurity, ColumnRules.NONE, false, tables);
	}

	private static Recording of(TestDatabase database, TestDatabase store, Set<String> rowSecurity, ColumnRules rules,
			boolean chained, String... tables) throws Exception {
		boolean elsewhere = store != database;
		database.execute(tables);
		PostgresServer server = database.server();
		try (Connection connection = database.connect()) {
			new Tracking(new TrackingSettings("app", List.of("*"), List.of("copy.*"), "bemi")).track(connection);
		}
		Ingester ingester = ingester(database, store, rules, chained);
		ingester.start();
		assertThat(ingester.awaitSettled(Duration.ofSeconds(20))).isTrue();
		// What commits before the baseline is there has a time from before what is known.
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.pollInterval(Duration.ofMillis(20))
			.untilAsserted(() -> assertThat(store.query("SELECT " + COPIED)).containsExactly("t"));
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl(database.url());
		config.setUsername(server.username());
		config.setPassword(server.password());
		config.setMaximumPoolSize(3);
		HikariDataSource pool = new HikariDataSource(config);
		BemiDataSource dataSource = new BemiDataSource(pool);
		TravellingApplication application = new TravellingApplication(dataSource, rowSecurity, List::of, () -> null,
				EntityTables.NONE);
		IngestionBarrier barrier = new IngestionBarrier(dataSource, ReplicationSettings.slotOf(database.name()));
		DataSource stored = elsewhere ? store.dataSource() : dataSource;
		JdbcChanges changes = new JdbcChanges(stored, QuerySettings.of("bemi"), EntityTables.NONE, barrier);
		JdbcTimeTravel travel = new JdbcTimeTravel(application, stored, "bemi", changes, barrier);
		return new Recording(database, store, pool, dataSource, ingester, changes, travel);
	}

	/**
	 * Another one that records the same, to be started.
	 */
	Ingester another() {
		return another(ColumnRules.NONE);
	}

	/**
	 * Another one that records columns by rules, to be started.
	 */
	Ingester another(ColumnRules rules) {
		return ingester(this.database, this.store, rules, false);
	}

	private static Ingester ingester(TestDatabase database, TestDatabase store, ColumnRules rules, boolean chained) {
		PostgresServer server = database.server();
		return new Ingester(
				new ReplicationSource(new ReplicationSettings(database.url(), server.username(), server.password(),
						ReplicationSettings.slotOf(database.name()), "bemi")),
				new PostgresChangeSink(
						new StoreSettings(store.url(), server.username(), server.password(), "bemi", chained)),
				BaselineSettings.ALL, rules);
	}

	/**
	 * Waits until a transaction is recorded, and everything is copied. Rows that were
	 * found have the id of the next transaction, too.
	 */
	void await(long transaction) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.pollInterval(Duration.ofMillis(20))
			.untilAsserted(() -> assertThat(this.store.query(
					"SELECT DISTINCT 1 FROM bemi.change WHERE transaction_id = " + transaction + " AND operation <> 'B'"
							+ " AND (SELECT bool_and(completed_at IS NOT NULL) FROM bemi.baseline)"))
				.isNotEmpty());
	}

	/**
	 * Runs statements in one transaction.
	 * @return its id
	 */
	long transact(String... statements) {
		try (Connection connection = this.database.connect()) {
			connection.setAutoCommit(false);
			try (java.sql.Statement statement = connection.createStatement()) {
				for (String sql : statements) {
					statement.execute(sql);
				}
				try (java.sql.ResultSet row = statement.executeQuery("SELECT pg_current_xact_id()::text::bigint")) {
					row.next();
					long id = row.getLong(1);
					connection.commit();
					return id;
				}
			}
		}
		catch (java.sql.SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.pool.close();
		this.ingester.close();
		if (this.store != this.database) {
			this.store.close();
		}
		this.database.close();
	}

}
