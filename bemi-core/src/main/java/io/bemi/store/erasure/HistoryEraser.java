package io.bemi.store.erasure;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import io.bemi.store.StoreProblems;
import io.bemi.store.archive.HistoryArchive;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.util.Assert;

/**
 * Takes personal data out of the whole history: values of a record, or a value in the
 * contexts. What is erased is in no file of the store's database afterwards, which takes
 * writing the partitions anew that it was in: while that lasts nobody reads or writes
 * them. The chain still holds, and tells of the erasure.
 */
public final class HistoryEraser {

	private static final String ERASE = "SELECT changes, quarantined, other_keys, tables FROM %s.erase(?, ?, ?, ?, ?, ?, ?)";

	private static final String ERASE_CONTEXT = "SELECT contexts, tables FROM %s.erase_context(?, ?, ?, ?)";

	private static final String ARCHIVES = "SELECT archive FROM %s.dropped WHERE archive IS NOT NULL ORDER BY month, run";

	private final DataSource dataSource;

	private final String schema;

	/**
	 * Names the store.
	 * @param dataSource connections to its database, by the role that owns it
	 * @param schema its schema
	 */
	public HistoryEraser(DataSource dataSource, String schema) {
		Assert.notNull(dataSource, "'dataSource' must not be null");
		Assert.hasText(schema, "'schema' must not be empty");
		this.dataSource = dataSource;
		this.schema = '"' + schema.replace("\"", "\"\"") + '"';
	}

	/**
	 * Erases values of a record.
	 * @param erasure which
	 * @return what was erased
	 * @throws DataAccessException when the store refuses, or when what was erased could
	 * not be removed from the files of its tables: then the message says what to type
	 */
	public ErasureReport erase(RecordErasure erasure) {
		Assert.notNull(erasure, "'erasure' must not be null");
		return with((connection) -> {
			List<String> tables = new ArrayList<>();
			return rewritten(connection, erase(connection, this.schema, erasure, tables), tables);
		});
	}

	/**
	 * Erases values of a record from the archive of a month that was dropped, which is
	 * written anew, in the same place. For that time it is in a schema of the store's
	 * database.
	 * @param archive the archive, on this machine
	 * @param erasure which
	 * @return what was erased; when that is nothing, the file was left as it is
	 * @throws DataAccessException when the file cannot be read or written, or the
	 * database refuses
	 */
	public ErasureReport eraseFrom(HistoryArchive archive, RecordErasure erasure) {
		Assert.notNull(archive, "'archive' must not be null");
		Assert.notNull(erasure, "'erasure' must not be null");
		return rewritten(archive, (connection, schema) -> erase(connection, schema, erasure, new ArrayList<>()));
	}

	private static ErasureReport erase(Connection connection, String schema, RecordErasure erasure, List<String> tables)
			throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(ERASE.formatted(schema))) {
			statement.setString(1, erasure.schema());
			statement.setString(2, erasure.table());
			statement.setString(3, erasure.primaryKey());
			statement.setString(4, erasure.reason());
			statement.setArray(5,
					erasure.columns().isEmpty() ? null : array(connection, List.copyOf(erasure.columns())));
			statement.setString(6, erasure.replacement());
			statement.setBoolean(7, erasure.withKey());
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				tables.addAll(texts(row.getArray(4)));
				return new ErasureReport(row.getLong(1), 0, row.getLong(2), texts(row.getArray(3)), List.of(), null);
			}
		}
	}

	/**
	 * Erases a value from all contexts that have it at a path.
	 * @param path the names that lead to it, such as {@code user}
	 * @param value the value, as a text
	 * @param replacement what stands in its place; {@code null} for nothing
	 * @param reason why, for people
	 * @return what was erased
	 * @throws DataAccessException when the store refuses, or when what was erased could
	 * not be removed from the files of its tables: then the message says what to type
	 */
	public ErasureReport eraseContext(List<String> path, String value, @Nullable String replacement, String reason) {
		assertContext(path, value, reason);
		return with((connection) -> {
			List<String> tables = new ArrayList<>();
			ErasureReport report = eraseContext(connection, this.schema, path, value, replacement, reason, tables);
			return rewritten(connection, report, tables);
		});
	}

	/**
	 * Erases a value from the contexts in the archive of a month that was dropped, which
	 * is written anew, in the same place.
	 * @param archive the archive, on this machine
	 * @param path the names that lead to it, such as {@code user}
	 * @param value the value, as a text
	 * @param replacement what stands in its place; {@code null} for nothing
	 * @param reason why, for people
	 * @return what was erased; when that is nothing, the file was left as it is
	 * @throws DataAccessException when the file cannot be read or written, or the
	 * database refuses
	 */
	public ErasureReport eraseContextFrom(HistoryArchive archive, List<String> path, String value,
			@Nullable String replacement, String reason) {
		Assert.notNull(archive, "'archive' must not be null");
		assertContext(path, value, reason);
		return rewritten(archive, (connection, schema) -> eraseContext(connection, schema, path, value, replacement,
				reason, new ArrayList<>()));
	}

	private static void assertContext(List<String> path, String value, String reason) {
		Assert.notEmpty(path, "'path' must not be empty");
		Assert.hasText(value, "'value' must not be empty");
		Assert.hasText(reason, "'reason' must not be empty");
	}

	private static ErasureReport eraseContext(Connection connection, String schema, List<String> path, String value,
			@Nullable String replacement, String reason, List<String> tables) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(ERASE_CONTEXT.formatted(schema))) {
			statement.setArray(1, array(connection, path));
			statement.setString(2, value);
			statement.setString(3, reason);
			statement.setString(4, replacement);
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				tables.addAll(texts(row.getArray(2)));
				return new ErasureReport(0, row.getLong(1), 0, List.of(), List.of(), null);
			}
		}
	}

	/**
	 * Has what PostgreSQL knows of the tables' values written anew, which erasing does as
	 * well. It has to be done again where a replication slot still saw how it was before.
	 * @param report what was erased
	 * @return whether nothing of that is in it any more
	 * @throws DataAccessException when the store cannot be used
	 */
	public boolean vacuumStatistics(ErasureReport report) {
		String transaction = report.inStatistics();
		return transaction == null
				|| with((connection) -> new TableRewrite(connection, this.schema).statistics(transaction));
	}

	private ErasureReport rewritten(Connection connection, ErasureReport report, List<String> tables)
			throws SQLException {
		List<String> archives = archives(connection);
		if (tables.isEmpty()) {
			return new ErasureReport(report.changes(), report.contexts(), report.quarantined(), report.otherKeys(),
					archives, null);
		}
		TableRewrite rewrite = new TableRewrite(connection, this.schema);
		rewrite.run(tables);
		String transaction = rewrite.next();
		return new ErasureReport(report.changes(), report.contexts(), report.quarantined(), report.otherKeys(),
				archives, rewrite.statistics(transaction) ? null : transaction);
	}

	private ErasureReport rewritten(HistoryArchive archive, ArchiveRewrite.Erasing erasing) {
		return with((connection) -> {
			ErasureReport report = new ArchiveRewrite(connection, this.schema).run(archive, erasing);
			TableRewrite rewrite = new TableRewrite(connection, this.schema);
			String transaction = rewrite.next();
			return new ErasureReport(report.changes(), report.contexts(), 0, report.otherKeys(), List.of(),
					rewrite.statistics(transaction) ? null : transaction);
		});
	}

	private List<String> archives(Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(ARCHIVES.formatted(this.schema));
				ResultSet row = statement.executeQuery()) {
			List<String> archives = new ArrayList<>();
			while (row.next()) {
				archives.add(row.getString(1));
			}
			return archives;
		}
	}

	private static Array array(Connection connection, List<String> texts) throws SQLException {
		return connection.createArrayOf("text", texts.toArray());
	}

	private static List<String> texts(Array array) throws SQLException {
		return List.of((String[]) array.getArray());
	}

	private <T> T with(Work<T> work) {
		try (Connection connection = this.dataSource.getConnection()) {
			boolean autoCommit = connection.getAutoCommit();
			connection.setAutoCommit(true);
			try {
				return work.run(connection);
			}
			finally {
				connection.setAutoCommit(autoCommit);
			}
		}
		catch (SQLException ex) {
			throw StoreProblems.dataAccess("erase from the store", ex);
		}
	}

	/**
	 * Something to do in no transaction.
	 *
	 * @param <T> what it gives
	 */
	@FunctionalInterface
	private interface Work<T> {

		T run(Connection connection) throws SQLException;

	}

}
