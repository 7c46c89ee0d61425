package io.bemi.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.OptionalLong;

import io.bemi.ingestion.Quarantine;
import io.bemi.replication.SourceIdentity;

/**
 * Counts the rows in quarantine: those that are there once per connection, then those
 * that are added. Written by the sink's thread, read by any.
 */
final class QuarantineCount {

	/** Those of its former clusters and slots too. */
	private static final String ROWS = """
			SELECT count(*) FROM quarantine WHERE source IN (SELECT id FROM source WHERE coalesce(slot, name) = ? AND database = ?)
			""";

	private volatile Quarantine quarantine = Quarantine.UNKNOWN;

	Quarantine get() {
		return this.quarantine;
	}

	void connected(Connection connection, SourceIdentity identity) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(ROWS)) {
			statement.setString(1, identity.slot());
			statement.setString(2, identity.database());
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				this.quarantine = new Quarantine(this.quarantine.added(), OptionalLong.of(row.getLong(1)));
			}
		}
	}

	/**
	 * Takes rows that are committed.
	 */
	void added(long rows) {
		Quarantine before = this.quarantine;
		this.quarantine = new Quarantine(before.added() + rows,
				before.rows().isPresent() ? OptionalLong.of(before.rows().getAsLong() + rows) : OptionalLong.empty());
	}

	/** Another instance may add some from now on. */
	void disconnected() {
		this.quarantine = new Quarantine(this.quarantine.added(), OptionalLong.empty());
	}

}
