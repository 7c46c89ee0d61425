package io.bemi.store.erasure;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

import io.bemi.store.archive.ArchiveWriter;
import io.bemi.store.archive.ArchivedMonth;
import io.bemi.store.archive.HistoryArchive;

import org.springframework.dao.DataAccessResourceFailureException;

/**
 * Has an archive written anew without something: it is read back into a schema that is
 * there for the time being, in which it is erased in the same way as in the store.
 */
final class ArchiveRewrite {

	private static final String NOTE = """
			UPDATE %s.dropped SET archive_sha256 = ?, archive_rewritten_at = now() WHERE run = ? AND month = ?
			""";

	private final Connection connection;

	private final String store;

	/**
	 * Creates one.
	 * @param connection a connection in no transaction
	 * @param store the store's schema, quoted
	 */
	ArchiveRewrite(Connection connection, String store) {
		this.connection = connection;
		this.store = store;
	}

	/**
	 * Takes something out of an archive.
	 * @param erasing what
	 * @return what was erased
	 */
	ErasureReport run(HistoryArchive archive, Erasing erasing) throws SQLException {
		String schema = "bemi_erasing_" + UUID.randomUUID().toString().replace("-", "");
		try {
			archive.restore(this.connection, schema);
			ErasureReport report = erasing.erase(this.connection, schema);
			if (report.changes() + report.contexts() > 0) {
				write(archive, schema);
			}
			return report;
		}
		catch (IOException ex) {
			throw new DataAccessResourceFailureException("Nothing was erased from " + archive.file(), ex);
		}
		finally {
			drop(schema);
		}
	}

	private void write(HistoryArchive archive, String schema) throws SQLException, IOException {
		try (Statement statement = this.connection.createStatement()) {
			statement.execute("SET search_path = " + schema + ", pg_catalog; SET TimeZone = 'UTC'");
			this.connection.setAutoCommit(false);
			Path directory = archive.file().toAbsolutePath().resolveSibling("");
			ArchivedMonth written = new ArchiveWriter(this.connection, directory).write(archive.month(), archive.run());
			this.connection.setAutoCommit(true);
			note(archive, written);
		}
		finally {
			if (!this.connection.getAutoCommit()) {
				this.connection.rollback();
				this.connection.setAutoCommit(true);
			}
			try (Statement statement = this.connection.createStatement()) {
				statement.execute("RESET search_path; RESET TimeZone");
			}
		}
	}

	private void note(HistoryArchive archive, ArchivedMonth written) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(NOTE.formatted(this.store))) {
			statement.setString(1, written.sha256());
			statement.setLong(2, archive.run());
			statement.setObject(3, archive.month().atDay(1));
			statement.executeUpdate();
		}
	}

	private void drop(String schema) throws SQLException {
		try (Statement statement = this.connection.createStatement()) {
			statement.execute("DROP SCHEMA IF EXISTS " + schema + " CASCADE");
		}
	}

	/**
	 * What is to be erased.
	 */
	@FunctionalInterface
	interface Erasing {

		/**
		 * Erases it.
		 * @param schema the schema of the store, quoted where need be
		 */
		ErasureReport erase(Connection connection, String schema) throws SQLException;

	}

}
