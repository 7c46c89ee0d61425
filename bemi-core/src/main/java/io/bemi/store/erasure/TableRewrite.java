package io.bemi.store.erasure;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;

/**
 * Has the server write tables anew, without what they held before. Rows that somebody may
 * still see are kept by that, so others' transactions, and a slot's view of the
 * catalogue, are waited for.
 */
final class TableRewrite {

	private static final Logger logger = LoggerFactory.getLogger(TableRewrite.class);

	/** Of half a second. */
	private static final int MOST_WAITS = 120;

	private static final String ADVICE = "Values were erased, but files of the store still hold them, until the owner of its"
			+ " tables types: ";

	/** What the planner knows of tables holds values of theirs. */
	private static final String VACUUM_STATISTICS = "VACUUM (FULL) pg_catalog.pg_statistic";

	private static final String NEXT_TRANSACTION = "SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::pg_catalog.xid";

	private static final String IS_SEEN = """
			SELECT EXISTS (SELECT FROM pg_catalog.pg_replication_slots s
			                WHERE age(s.xmin) > age(x.id) OR (x.catalogue AND age(s.catalog_xmin) > age(x.id)))
			    OR EXISTS (SELECT FROM pg_catalog.pg_stat_activity a
			                WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND age(a.backend_xmin) > age(x.id))
			  FROM (SELECT ?::xid, ?) x(id, catalogue)
			""";

	private final Connection connection;

	private final String schema;

	/**
	 * Creates one.
	 * @param connection a connection in no transaction
	 * @param schema the store's schema, quoted
	 */
	TableRewrite(Connection connection, String schema) {
		this.connection = connection;
		this.schema = schema;
	}

	void run(List<String> tables) throws SQLException {
		String vacuum = "VACUUM (FULL, ANALYZE) " + String.join(", ", new LinkedHashSet<>(tables));
		boolean unseen = awaitUnseen();
		try (Statement statement = this.connection.createStatement()) {
			statement.execute(vacuum);
			statement.execute("ANALYZE %1$s.change, %1$s.context".formatted(this.schema));
		}
		catch (SQLException ex) {
			throw new DataAccessResourceFailureException(ADVICE + vacuum, ex);
		}
		if (!unseen) {
			throw new DataAccessResourceFailureException(
					ADVICE + vacuum + ", once transactions have ended that were there before");
		}
	}

	/**
	 * Has the planner's statistics written anew.
	 * @param transaction a transaction
	 * @return whether nothing is in them any more that was there before that transaction
	 */
	boolean statistics(String transaction) throws SQLException {
		boolean unseen = !isSeen(transaction, true);
		try (Statement statement = this.connection.createStatement()) {
			statement.execute(VACUUM_STATISTICS);
			return unseen;
		}
		catch (SQLException ex) {
			logger.warn("Statistics of the planner may still hold erased values: as a superuser, or the owner of the"
					+ " database, type {}", VACUUM_STATISTICS, ex);
			return false;
		}
	}

	private boolean awaitUnseen() throws SQLException {
		try (Statement statement = this.connection.createStatement()) {
			String next = next();
			int waits = 0;
			while (isSeen(next, false)) {
				if (++waits > MOST_WAITS) {
					return false;
				}
				statement.execute("SELECT pg_catalog.pg_sleep(0.5)");
			}
			return true;
		}
	}

	/**
	 * The next transaction.
	 */
	String next() throws SQLException {
		try (Statement statement = this.connection.createStatement();
				ResultSet row = statement.executeQuery(NEXT_TRANSACTION)) {
			row.next();
			return row.getString(1);
		}
	}

	/**
	 * Whether anybody may see what was there before a transaction.
	 * @param catalogue whether that is in the catalogue, of which slots see more
	 */
	private boolean isSeen(String transaction, boolean catalogue) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(IS_SEEN)) {
			statement.setString(1, transaction);
			statement.setBoolean(2, catalogue);
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return row.getBoolean(1);
			}
		}
	}

}
