package io.bemi.test;

import java.sql.Connection;
import java.util.List;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.tracking.Tracking;
import io.bemi.tracking.TrackingSettings;

/**
 * A database whose tables are tracked, but for those in the schema {@code model}.
 *
 * @param database the database
 * @param states its states
 */
record TrackedDatabase(TestDatabase database, TestStates states) implements AutoCloseable {

	static TrackedDatabase of(int version, String... ddl) throws Exception {
		TestDatabase database = PostgresServer.version(version).createDatabase();
		database.execute(ddl);
		TrackedDatabase tracked = new TrackedDatabase(database, new TestStates(database.dataSource()));
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
				"SELECT format('SELECT %L || row_to_json(t)::text || t::text || coalesce((SELECT string_agg(md5(a.value), '''' ORDER BY a.key)"
						+ " FROM jsonb_each_text(to_jsonb(t)) a), '''') FROM ONLY %s t', oid::regclass, oid::regclass) FROM pg_class"
						+ " WHERE relkind = 'r' AND relnamespace = '" + schema + "'::regnamespace ORDER BY 1");
		return this.database.query(String.join(" UNION ALL ", selects) + " ORDER BY 1");
	}

	@Override
	public void close() {
		this.database.close();
	}

}
