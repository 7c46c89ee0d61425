package io.bemi.store.chain;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import io.bemi.store.StoreProblems;
import org.springframework.dao.DataAccessException;
import org.springframework.util.Assert;

/**
 * Verifies that what the store holds is what was stored: that each link of the chain
 * leads to the next, and covers the rows that it covered when it was made. Reads
 * everything once, in the order of the links, in one transaction that only reads, and
 * trusts no function in the store.
 */
public final class ChainVerifier {

	private static final String SETTINGS = """
			SET LOCAL search_path = %s, pg_catalog, pg_temp; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, MDY';
			SET LOCAL IntervalStyle = 'postgres'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1;
			SET LOCAL statement_timeout = 0
			""";

	private static final String SOURCES = "SELECT id FROM source WHERE link IS NOT NULL ORDER BY id";

	private static final String ANCHORS = "SELECT anchor FROM anchor() AS anchor";

	private final DataSource dataSource;

	private final String schema;

	/**
	 * Names the store.
	 * @param dataSource connections to its database, by a role that may read it
	 * @param schema its schema
	 */
	public ChainVerifier(DataSource dataSource, String schema) {
		Assert.notNull(dataSource, "'dataSource' must not be null");
		Assert.hasText(schema, "'schema' must not be empty");
		this.dataSource = dataSource;
		this.schema = schema;
	}

	/**
	 * Verifies all chains.
	 * @return a report for each source that has one
	 * @throws DataAccessException when the store cannot be read
	 */
	public List<ChainReport> verify() {
		return read((connection) -> {
			List<ChainReport> reports = new ArrayList<>();
			for (int source : sources(connection)) {
				reports.add(new ChainWalk(connection, source, null).walk());
			}
			return reports;
		});
	}

	/**
	 * Verifies the chain of an anchor, and that it leads through it.
	 * @param anchor the anchor
	 * @return what was found
	 * @throws DataAccessException when the store cannot be read
	 */
	public ChainReport verify(ChainAnchor anchor) {
		Assert.notNull(anchor, "'anchor' must not be null");
		return read((connection) -> new ChainWalk(connection, anchor.source(), anchor).walk());
	}

	/**
	 * The newest link of each chain.
	 * @return the anchors
	 * @throws DataAccessException when the store cannot be read
	 */
	public List<ChainAnchor> anchors() {
		return read((connection) -> {
			List<ChainAnchor> anchors = new ArrayList<>();
			try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(ANCHORS)) {
				while (row.next()) {
					anchors.add(ChainAnchor.parse(row.getString(1)));
				}
			}
			return anchors;
		});
	}

	private static List<Integer> sources(Connection connection) throws SQLException {
		List<Integer> sources = new ArrayList<>();
		try (PreparedStatement statement = connection.prepareStatement(SOURCES);
				ResultSet row = statement.executeQuery()) {
			while (row.next()) {
				sources.add(row.getInt(1));
			}
		}
		return sources;
	}

	private <T> T read(Reading<T> reading) {
		try (Connection connection = this.dataSource.getConnection()) {
			boolean autoCommit = connection.getAutoCommit();
			int isolation = connection.getTransactionIsolation();
			boolean readOnly = connection.isReadOnly();
			connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
			connection.setReadOnly(true);
			connection.setAutoCommit(false);
			try (Statement statement = connection.createStatement()) {
				statement.execute(SETTINGS.formatted('"' + this.schema.replace("\"", "\"\"") + '"'));
				return reading.read(connection);
			}
			finally {
				connection.rollback();
				connection.setAutoCommit(autoCommit);
				connection.setReadOnly(readOnly);
				connection.setTransactionIsolation(isolation);
			}
		}
		catch (SQLException ex) {
			throw StoreProblems.dataAccess("read the chain of the store", ex);
		}
	}

	/**
	 * Something that is read within one transaction.
	 *
	 * @param <T> what it gives
	 */
	@FunctionalInterface
	private interface Reading<T> {

		T read(Connection connection) throws SQLException;

	}

}
