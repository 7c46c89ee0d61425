package io.bemi.benchmarks.context;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import io.bemi.benchmarks.process.Child;

/**
 * That a way to audit leaves in the log what it is there for: a context for each
 * transaction, or a row in its tables.
 */
final class Evidence {

	private static final int TRANSACTIONS = 10;

	private static final String COUNT = """
			SELECT count(*) FILTER (WHERE data LIKE 'message: transactional: 1 prefix: _bemi,%'
			                           OR data LIKE 'table public.item_aud: INSERT:%'
			                           OR data LIKE 'table public.jv_snapshot: INSERT:%'),
			       count(*) FILTER (WHERE data LIKE 'table public.item: UPDATE:%')
			  FROM pg_logical_slot_get_changes('evidence', NULL, NULL)
			""";

	private Evidence() {
	}

	/**
	 * Has some transactions made, and looks at them in the log.
	 */
	static void demand(Audit audit, Child child, DataSource database) throws IOException, SQLException {
		try (Connection connection = database.getConnection(); Statement statement = connection.createStatement()) {
			statement.execute("SELECT pg_create_logical_replication_slot('evidence', 'test_decoding')");
			try {
				child.ask(new AuditCase(false, true, 1, TRANSACTIONS, Long.MAX_VALUE).order());
				try (ResultSet row = statement.executeQuery(COUNT)) {
					row.next();
					int expected = (audit == Audit.NONE) ? 0 : TRANSACTIONS;
					if (row.getInt(1) != expected || row.getInt(2) != TRANSACTIONS) {
						throw new IllegalStateException(audit.title() + " has left " + row.getInt(1) + " traces of "
								+ row.getInt(2) + " changes in " + TRANSACTIONS + " transactions");
					}
				}
			}
			finally {
				statement.execute("SELECT pg_drop_replication_slot('evidence')");
			}
		}
	}

}
