package io.bemi.timetravel;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

import io.bemi.store.StoreSchema;
import io.bemi.tracking.SchemaMigrator;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;

/**
 * A store as it was at version 2, before time travel, with the history of another one.
 */
final class OldStore {

	private static final List<String> STEPS = List.of("V001__store.sql", "V002__baseline.sql");

	private static final List<String> TABLES = List.of("source", "relation", "baseline", "context", "change", "gap",
			"quarantine");

	private OldStore() {
	}

	/**
	 * Makes one.
	 * @param connection a connection to the database of both, in autocommit mode
	 * @param from the schema of the store that has the history
	 * @param to the schema of the one that is made
	 */
	static void copy(Connection connection, String from, String to) throws SQLException, IOException {
		new SchemaMigrator("store", to, STEPS, StoreSchema.class).migrate(connection);
		CopyManager copies = new CopyManager(connection.unwrap(BaseConnection.class));
		try (Statement statement = connection.createStatement()) {
			for (String partitioned : List.of("context", "change")) {
				statement.execute("CREATE TABLE %s.%s_all PARTITION OF %1$s.%2$s DEFAULT".formatted(to, partitioned));
			}
			for (String table : TABLES) {
				String columns;
				try (ResultSet row = statement
					.executeQuery("SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
							+ " WHERE attrelid = '%s.%s'::regclass AND attnum > 0 AND attname <> 'digest'".formatted(to,
									table))) {
					row.next();
					columns = row.getString(1);
				}
				ByteArrayOutputStream rows = new ByteArrayOutputStream();
				copies.copyOut("COPY (SELECT %s FROM %s.%s) TO STDOUT".formatted(columns, from, table), rows);
				copies.copyIn("COPY %s.%s (%s) FROM STDIN".formatted(to, table, columns),
						new ByteArrayInputStream(rows.toByteArray()));
			}
		}
	}

}
