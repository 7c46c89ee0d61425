package io.bemi.tracking;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * What the first version leaves in a database that tracks everything.
 */
final class FirstVersion {

	private FirstVersion() {
	}

	static void install(TrackedDatabase database) {
		SchemaMigrator first = new SchemaMigrator(Tracking.COMPONENT, Tracking.SCHEMA, List.of("V001__tracking.sql"),
				Tracking.class);
		try (Connection connection = database.database().connect()) {
			first.migrate(connection);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		database.execute("SELECT bemi.configure('app', '{*}', '{}', 'bemi')", "SELECT * FROM bemi.track_all()",
				"SELECT bemi.create_event_trigger()");
	}

}
