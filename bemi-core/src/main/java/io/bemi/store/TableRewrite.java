package io.bemi.store;

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

	/** An active slot goes on every 15 to 25 seconds. */
	private static final int MOST_WAITS = 120;

	/** What the planner knows of tables holds values of theirs. */
	private static final String VACUUM_STATISTICS = "VACUUM (FULL) pg_catalog.pg_statistic";

	private static final String NEXT_TRANSACTION = "SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::pg_catalog.xid";

	private static final String IS_SEEN = """
			SELECT EXISTS (SELECT FROM pg_catalog.pg_replication_slots s
			                WHERE age(s.xmin) > age(x.id) OR (x.catalogue AND age(s.catalog_xmin) > age(x.id)))
			    OR EXISTS (SELECT FROM pg_catalog.pg_stat_activity a
			                WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND age(a.backend_xmin) > age(x.id)),
			       NOT EXISTS (SELECT FROM pg_catalog.pg_replication_slots s
			                    WHERE NOT s.active AND (age(s.xmin) > age(x.id) OR (x.catalogue AND age(s.catalog_xmin) > age(x.id))))
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
		if (tables.isEmpty()) {
			return;
		}
		String vacuum = "VACUUM (FULL, ANALYZE) " + String.join(", ", new LinkedHashSet<>(tables));
		String advice = "Values were erased, but files of the store still hold them, until the owner of its tables types: ";
		boolean unseen = awaitUnseen(false);
		try (Statement statement = this.connection.createStatement()) {
			statement.execute(vacuum);
			statement.execute("ANALYZE %1$s.change, %1$s.context".formatted(this.schema));
		}
		catch (SQLException ex) {
			throw new DataAccessResourceFailureException(advice + vacuum, ex);
		}
		if (!unseen) {
			throw new DataAccessResourceFailureException(
					advice + vacuum + "; " + VACUUM_STATISTICS + " once transactions have ended that were there before",
					null);
		}
		unseen = awaitUnseen(true);
		try (Statement statement = this.connection.createStatement()) {
			statement.execute(VACUUM_STATISTICS);
			if (!unseen) {
				logger.warn("Statistics of the planner may still hold erased values: once the replication slots of the"
						+ " server have gone on, type {}", VACUUM_STATISTICS);
			}
		}
		catch (SQLException ex) {
			logger.warn("Statistics of the planner may still hold erased values: as a superuser, or the owner of the"
					+ " database, type {}", VACUUM_STATISTICS, ex);
		}
	}

	/**
	 * Waits until nobody can see what was there before now.
	 * @param catalogue whether that is in the catalogue, of which slots see more
	 * @return whether that is so
	 */
	private boolean awaitUnseen(boolean catalogue) throws SQLException {
		try (Statement statement = this.connection.createStatement();
				PreparedStatement seen = this.connection.prepareStatement(IS_SEEN)) {
			String next;
			try (ResultSet row = statement.executeQuery(NEXT_TRANSACTION)) {
				row.next();
				next = row.getString(1);
			}
			seen.setString(1, next);
			seen.setBoolean(2, catalogue);
			for (int waits = 0; waits < MOST_WAITS; waits++) {
				try (ResultSet row = seen.executeQuery()) {
					row.next();
					if (!row.getBoolean(1)) {
						return true;
					}
					if (!row.getBoolean(2)) {
						// Nobody reads that slot.
						return false;
					}
				}
				statement.execute("SELECT pg_catalog.pg_sleep(0.5)");
			}
			return false;
		}
	}

}
