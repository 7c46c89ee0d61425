package io.bemi.store;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

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
			ErasureReport report;
			List<String> tables = new ArrayList<>();
			try (PreparedStatement statement = connection.prepareStatement(ERASE.formatted(this.schema))) {
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
					report = new ErasureReport(row.getLong(1), 0, row.getLong(2), texts(row.getArray(3)));
					tables.addAll(texts(row.getArray(4)));
				}
			}
			new TableRewrite(connection, this.schema).run(tables);
			return report;
		});
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
		Assert.notEmpty(path, "'path' must not be empty");
		Assert.hasText(value, "'value' must not be empty");
		Assert.hasText(reason, "'reason' must not be empty");
		return with((connection) -> {
			ErasureReport report;
			List<String> tables = new ArrayList<>();
			try (PreparedStatement statement = connection.prepareStatement(ERASE_CONTEXT.formatted(this.schema))) {
				statement.setArray(1, array(connection, path));
				statement.setString(2, value);
				statement.setString(3, reason);
				statement.setString(4, replacement);
				try (ResultSet row = statement.executeQuery()) {
					row.next();
					report = new ErasureReport(0, row.getLong(1), 0, List.of());
					tables.addAll(texts(row.getArray(2)));
				}
			}
			new TableRewrite(connection, this.schema).run(tables);
			return report;
		});
	}

	private static Array array(Connection connection, List<String> texts) throws SQLException {
		return connection.createArrayOf("text", texts.toArray());
	}

	private static List<String> texts(Array array) throws SQLException {
		return List.of((String[]) array.getArray());
	}

	private ErasureReport with(Work work) {
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
			throw ChainVerifier.translated(ex);
		}
	}

	/**
	 * Something to do in no transaction.
	 */
	@FunctionalInterface
	private interface Work {

		ErasureReport run(Connection connection) throws SQLException;

	}

}
