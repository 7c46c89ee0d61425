package io.bemi.tracking;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * The lock under which Bemi changes a schema: one instance at a time, until the end of
 * the transaction.
 */
final class AdvisoryLock {

	// "bemi" in ASCII, so that an administrator can recognise it in pg_locks.
	private static final int NAMESPACE = 0x62656D69;

	private AdvisoryLock() {
	}

	static void acquire(Connection connection, String schema) throws SQLException {
		try (PreparedStatement statement = connection
			.prepareStatement("SELECT pg_catalog.pg_advisory_xact_lock(?, ?)")) {
			statement.setInt(1, NAMESPACE);
			statement.setInt(2, schema.hashCode());
			statement.execute();
		}
	}

}
