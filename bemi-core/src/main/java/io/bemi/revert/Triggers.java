package io.bemi.revert;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The application's triggers, silent until they are restored as they were. Those of
 * foreign keys go on.
 */
final class Triggers {

	private static final String ENABLED = """
			SELECT pg_catalog.format('ALTER TABLE ONLY %s DISABLE TRIGGER %I', t.tgrelid::regclass, t.tgname),
			       pg_catalog.format('ALTER TABLE ONLY %s ENABLE %s TRIGGER %I', t.tgrelid::regclass,
			                         CASE t.tgenabled WHEN 'A' THEN 'ALWAYS' WHEN 'R' THEN 'REPLICA' ELSE '' END, t.tgname)
			  FROM pg_catalog.pg_trigger t
			 WHERE t.tgrelid IN (SELECT o.oid FROM unnest(?::oid[]) o(oid)
			                      UNION SELECT p.relid FROM unnest(?::oid[]) o(oid), pg_catalog.pg_partition_tree(o.oid) p)
			   AND NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgname <> '_bemi_session'
			 ORDER BY t.tgrelid, t.tgname
			""";

	private final Connection connection;

	private final List<String> restoring = new ArrayList<>();

	private Triggers(Connection connection) {
		this.connection = connection;
	}

	static Triggers silence(Connection connection, List<LiveTable> tables) throws SQLException {
		Triggers triggers = new Triggers(connection);
		List<String> silencing = new ArrayList<>();
		Object[] oids = tables.stream().map(LiveTable::oid).toArray();
		try (PreparedStatement statement = connection.prepareStatement(ENABLED)) {
			statement.setArray(1, connection.createArrayOf("bigint", oids));
			statement.setArray(2, connection.createArrayOf("bigint", oids));
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					silencing.add(row.getString(1));
					triggers.restoring.add(row.getString(2));
				}
			}
		}
		triggers.execute(silencing);
		return triggers;
	}

	void restore() throws SQLException {
		execute(this.restoring);
	}

	private void execute(List<String> statements) throws SQLException {
		try (Statement statement = this.connection.createStatement()) {
			statement.setEscapeProcessing(false);
			for (String sql : statements) {
				statement.execute(sql);
			}
		}
	}

}
