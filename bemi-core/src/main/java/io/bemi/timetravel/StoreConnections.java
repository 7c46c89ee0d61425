package io.bemi.timetravel;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import io.bemi.connection.BemiDataSource;

/**
 * Connections to the store, that carry no context and read the present.
 */
final class StoreConnections {

	private static final String SETTINGS = """
			SELECT pg_catalog.set_config('search_path', pg_catalog.quote_ident(?) || ', pg_catalog', true),
			       pg_catalog.set_config('standard_conforming_strings', 'on', true)
			""";

	private final DataSource dataSource;

	private final String schema;

	StoreConnections(DataSource dataSource, String schema) {
		this.dataSource = BemiDataSource.bare(dataSource);
		this.schema = schema;
	}

	DataSource dataSource() {
		return this.dataSource;
	}

	String schema() {
		return this.schema;
	}

	/**
	 * Does something outside of any transaction, or with one statement.
	 */
	<T> T call(Work<T> work) throws SQLException {
		try (Connection connection = this.dataSource.getConnection()) {
			boolean autoCommit = connection.getAutoCommit();
			if (!autoCommit) {
				connection.setAutoCommit(true);
			}
			try {
				return work.run(connection);
			}
			finally {
				if (!autoCommit) {
					connection.setAutoCommit(false);
				}
			}
		}
	}

	/**
	 * Does something in a transaction whose search path begins with the store's schema.
	 */
	<T> T transact(Work<T> work) throws SQLException {
		return call((connection) -> {
			connection.setAutoCommit(false);
			try (PreparedStatement statement = connection.prepareStatement(SETTINGS)) {
				statement.setString(1, this.schema);
				statement.execute();
				T result = work.run(connection);
				connection.commit();
				return result;
			}
			catch (SQLException | RuntimeException ex) {
				connection.rollback();
				throw ex;
			}
			finally {
				connection.setAutoCommit(true);
			}
		});
	}

	/**
	 * Runs statements as they stand.
	 */
	static void execute(Connection connection, String... statements) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.setEscapeProcessing(false);
			for (String sql : statements) {
				statement.execute(sql);
			}
		}
	}

	/**
	 * Something that is done with a connection.
	 *
	 * @param <T> what comes of it
	 */
	@FunctionalInterface
	interface Work<T> {

		T run(Connection connection) throws SQLException;

	}

}
