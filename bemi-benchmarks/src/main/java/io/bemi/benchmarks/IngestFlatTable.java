package io.bemi.benchmarks;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import io.bemi.store.StoreSchema;

/**
 * The table of Debezium's side: the columns and B-tree indexes of {@code bemi.change}, in
 * a database of its own, without partitions.
 */
final class IngestFlatTable {

	static final String DATABASE = "debezium";

	private static final String INDEXES = """
			SELECT regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE INDEX \\S+ ON ONLY \\S+', 'CREATE INDEX ON flat')
			  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
			 WHERE i.indrelid = 'bemi.change'::regclass AND a.amname = 'btree'
			""";

	private IngestFlatTable() {
	}

	static void create(IngestServer server) throws SQLException {
		server.execute("postgres", "CREATE DATABASE " + DATABASE);
		try (Connection connection = server.connect(DATABASE); Statement statement = connection.createStatement()) {
			new StoreSchema("bemi").migrate(connection);
			statement.execute("CREATE TABLE flat (LIKE bemi.change INCLUDING DEFAULTS INCLUDING CONSTRAINTS)");
			List<String> indexes = new ArrayList<>();
			try (ResultSet row = statement.executeQuery(INDEXES)) {
				while (row.next()) {
					indexes.add(row.getString(1));
				}
			}
			for (String index : indexes) {
				statement.execute(index);
			}
		}
	}

}
