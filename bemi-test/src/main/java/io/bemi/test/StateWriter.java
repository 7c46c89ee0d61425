package io.bemi.test;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.bemi.test.StateTransaction.Session;

/**
 * Writes differences: first it deletes, in all tables, then it inserts, so that nothing
 * unique is there twice. No trigger runs meanwhile, nor that of a foreign key.
 */
final class StateWriter {

	private static final int BATCH = 5_000;

	/** Those that run though the session's role is that of a replica. */
	private static final String TRIGGERS = """
			SELECT pg_catalog.format('ALTER TABLE ONLY %s DISABLE TRIGGER %I', t.tgrelid::pg_catalog.regclass, t.tgname),
			       pg_catalog.format('ALTER TABLE ONLY %s ENABLE %s TRIGGER %I', t.tgrelid::pg_catalog.regclass,
			                         CASE t.tgenabled WHEN 'A' THEN 'ALWAYS' ELSE 'REPLICA' END, t.tgname)
			  FROM pg_catalog.pg_trigger t
			 WHERE t.tgrelid = ANY (?::pg_catalog.oid[]) AND NOT t.tgisinternal AND t.tgenabled IN ('A', 'R')
			 ORDER BY t.tgrelid, t.tgname
			""";

	/** Foreign keys of which one end belongs to the state. */
	private static final String CROSSING = """
			SELECT pg_catalog.format('The foreign key %I of %s', f.conname, f.conrelid::pg_catalog.regclass),
			       pg_catalog.format('SELECT EXISTS (SELECT FROM %s c WHERE %s AND NOT EXISTS (SELECT FROM %s p WHERE %s))',
			           f.conrelid::pg_catalog.regclass, k.given, f.confrelid::pg_catalog.regclass, k.same)
			  FROM (SELECT ?::pg_catalog.oid[] AS oids) t
			  JOIN pg_catalog.pg_constraint f ON f.contype = 'f' AND f.convalidated AND f.conparentid = 0
			       AND (f.conrelid = ANY (t.oids)) <> (f.confrelid = ANY (t.oids))
			 CROSS JOIN LATERAL (
			       SELECT pg_catalog.string_agg(pg_catalog.format('c.%I IS NOT NULL', c.attname), ' AND ') AS given,
			              pg_catalog.string_agg(pg_catalog.format('p.%I OPERATOR(%I.%s) c.%I', p.attname, n.nspname, o.oprname, c.attname), ' AND ') AS same
			         FROM ROWS FROM (pg_catalog.unnest(f.conkey), pg_catalog.unnest(f.confkey), pg_catalog.unnest(f.conpfeqop)) u(child, parent, equal)
			         JOIN pg_catalog.pg_attribute c ON c.attrelid = f.conrelid AND c.attnum = u.child
			         JOIN pg_catalog.pg_attribute p ON p.attrelid = f.confrelid AND p.attnum = u.parent
			         JOIN pg_catalog.pg_operator o ON o.oid = u.equal
			         JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace) k
			""";

	private final Connection connection;

	private final List<StateTable> tables;

	StateWriter(Session session) {
		this.connection = session.connection();
		this.tables = session.tables();
	}

	void write(List<RowDifference> differences) throws SQLException {
		Map<String, String> triggers = query(TRIGGERS,
				StateTables.oids(differences.stream().map(RowDifference::table).toList()));
		for (String disable : triggers.keySet()) {
			StateTransaction.execute(this.connection, disable);
		}
		for (RowDifference difference : differences) {
			write(difference.table().delete(), difference.deleted());
		}
		for (RowDifference difference : differences) {
			write(difference.table().insert(), difference.inserted());
		}
		for (String enable : triggers.values()) {
			StateTransaction.execute(this.connection, enable);
		}
		checkReferences();
	}

	private void write(String sql, List<String> rows) throws SQLException {
		for (int from = 0; from < rows.size(); from += BATCH) {
			List<String> some = rows.subList(from, Math.min(rows.size(), from + BATCH));
			try (PreparedStatement statement = this.connection.prepareStatement(sql)) {
				statement.setArray(1, this.connection.createArrayOf("text", some.toArray()));
				int written = statement.executeUpdate();
				if (written != some.size()) {
					throw new TestStateException("Of " + some.size() + " rows " + written + " were written by: " + sql);
				}
			}
		}
	}

	/**
	 * Between two tables of the state they hold, as they held then.
	 */
	private void checkReferences() throws SQLException {
		List<Object> members = new ArrayList<>();
		this.tables.forEach((table) -> {
			members.add(table.oid());
			members.add(table.root());
		});
		for (Map.Entry<String, String> crossing : query(CROSSING, members.toArray()).entrySet()) {
			try (PreparedStatement statement = this.connection.prepareStatement(crossing.getValue());
					ResultSet row = statement.executeQuery()) {
				if (row.next() && row.getBoolean(1)) {
					throw new TestStateException(crossing.getKey() + " would be violated: one of its tables is not"
							+ " tracked, and keeps its rows. Track both, or neither (bemi.tracking.include and exclude)");
				}
			}
		}
	}

	private Map<String, String> query(String sql, Object[] oids) throws SQLException {
		Map<String, String> answer = new LinkedHashMap<>();
		try (PreparedStatement statement = this.connection.prepareStatement(sql)) {
			statement.setArray(1, this.connection.createArrayOf("bigint", oids));
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					answer.put(row.getString(1), row.getString(2));
				}
			}
		}
		return answer;
	}

}
