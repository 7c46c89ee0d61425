package io.bemi.test;

import java.sql.Connection;
import java.util.List;

import com.zaxxer.hikari.HikariDataSource;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.tracking.Tracking;
import io.bemi.tracking.TrackingSettings;

/**
 * A database whose tables are tracked, but for those in the schema {@code model}.
 *
 * @param database the database
 * @param pool connections to it
 * @param states its states
 */
record TrackedDatabase(TestDatabase database, HikariDataSource pool, TestStates states) implements AutoCloseable {

	static TrackedDatabase of(int version, String... ddl) throws Exception {
		TestDatabase database = PostgresServer.version(version).createDatabase();
		database.execute(ddl);
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(database.url());
		pool.setUsername(database.server().username());
		pool.setPassword(database.server().password());
		pool.setMaximumPoolSize(2);
		TrackedDatabase tracked = new TrackedDatabase(database, pool, new TestStates(pool));
		tracked.track();
		return tracked;
	}

	void track() throws Exception {
		try (Connection connection = this.database.connect()) {
			new Tracking(new TrackingSettings("app", List.of("*"), List.of("model.*"), "bemi")).track(connection);
		}
	}

	/**
	 * Every row of the tables in a schema, whatever it takes, in an order of their own.
	 */
	List<String> rows(String schema) {
		List<String> selects = this.database.query(
				"SELECT format('SELECT %L || row_to_json(the_row)::text || the_row::text FROM ONLY %s the_row', oid::regclass, oid::regclass) FROM pg_class"
						+ " WHERE relkind = 'r' AND relnamespace = '" + schema + "'::regnamespace ORDER BY 1");
		return this.database.query(String.join(" UNION ALL ", selects) + " ORDER BY 1");
	}

	@Override
	public void close() {
		this.pool.close();
		this.database.close();
	}

}
