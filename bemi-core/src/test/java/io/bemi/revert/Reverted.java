package io.bemi.revert;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.bemi.connection.BemiDataSource;
import io.bemi.context.BemiContext;
import io.bemi.ingestion.BaselineSettings;
import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.IngestionStatus.Phase;
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
import io.bemi.timetravel.JdbcTimeTravel;
import io.bemi.timetravel.TravellingApplication;
import io.bemi.tracking.ColumnRules;
import io.bemi.tracking.Tracking;
import io.bemi.tracking.TrackingSettings;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A recorded database, an application's pool, and what reverts.
 *
 * @param database the application's database, with the store
 * @param pool the application's connections
 * @param dataSource the same, wrapped
 * @param ingester records
 * @param changes the history
 * @param reverter reverts
 * @param authorizers are asked
 * @param listeners are told
 */
record Reverted(TestDatabase database, HikariDataSource pool, BemiDataSource dataSource, Ingester ingester,
		JdbcChanges changes, JdbcReverter reverter, List<RevertAuthorizer> authorizers,
		List<RevertListener> listeners) implements AutoCloseable {

	static Reverted of(int version, String... ddl) throws Exception {
		return of(version, ColumnRules.NONE, ddl);
	}

	static Reverted of(int version, ColumnRules rules, String... ddl) throws Exception {
		TestDatabase database = PostgresServer.version(version).createDatabase();
		database.execute(ddl);
		PostgresServer server = database.server();
		try (Connection connection = database.connect()) {
			new Tracking(new TrackingSettings("app", List.of("*"), List.of("model.*"), "bemi")).track(connection);
		}
		String slot = ReplicationSettings.slotOf(database.name());
		Ingester ingester = new Ingester(
				new ReplicationSource(
						new ReplicationSettings(database.url(), server.username(), server.password(), slot, "bemi")),
				new PostgresChangeSink(new StoreSettings(database.url(), server.username(), server.password(), "bemi")),
				BaselineSettings.ALL, rules);
		ingester.start();
		assertThat(ingester.awaitSettled(Duration.ofSeconds(30))).isTrue();
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> ingester.status().phase() == Phase.STREAMING && ingester.baseline().isComplete());
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl(database.url());
		config.setUsername(server.username());
		config.setPassword(server.password());
		config.setMaximumPoolSize(8);
		HikariDataSource pool = new HikariDataSource(config);
		BemiDataSource dataSource = new BemiDataSource(pool);
		IngestionBarrier barrier = new IngestionBarrier(pool, slot);
		JdbcChanges changes = new JdbcChanges(dataSource, QuerySettings.of("bemi"), EntityTables.NONE, barrier);
		JdbcTimeTravel travel = new JdbcTimeTravel(TravellingApplication.of(dataSource), dataSource, "bemi", changes,
				barrier);
		List<RevertAuthorizer> authorizers = new ArrayList<>();
		List<RevertListener> listeners = new ArrayList<>();
		return new Reverted(database, pool, dataSource, ingester, changes, new JdbcReverter(dataSource, changes, travel,
				JdbcReverter.DEFAULT_MAX_CHANGES, () -> authorizers, () -> listeners), authorizers, listeners);
	}

	/**
	 * Runs statements in one transaction, in a context.
	 * @return its id
	 */
	long transact(Map<String, ?> context, String... statements) {
		try (BemiContext.Scope scope = BemiContext.open(context);
				Connection connection = this.dataSource.getConnection()) {
			connection.setAutoCommit(false);
			try (Statement statement = connection.createStatement()) {
				for (String sql : statements) {
					statement.execute(sql);
				}
				try (ResultSet row = statement.executeQuery("SELECT pg_current_xact_id()::text::bigint")) {
					row.next();
					long id = row.getLong(1);
					connection.commit();
					return id;
				}
			}
			catch (SQLException ex) {
				connection.rollback();
				throw ex;
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	long transact(String... statements) {
		return transact(Map.of(), statements);
	}

	/**
	 * Reverts a transaction.
	 */
	RevertReport revert(long transaction) {
		return this.reverter.execute(this.reverter.planTransaction(transaction));
	}

	List<String> query(String sql) {
		return this.database.query(sql);
	}

	@Override
	public void close() {
		this.pool.close();
		this.ingester.close();
		this.database.close();
	}

}
