package io.bemi.replay;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.bemi.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;

/**
 * A change as the history has it.
 *
 * @param id its id
 * @param transaction the transaction's id
 * @param relation the table's object id
 * @param name schema and table
 * @param operation what happened
 * @param key the record's key; {@code null} if it has none
 * @param keyBefore the key in what was before; {@code null} if that does not have it
 * @param values the row after the change
 * @param before the row before the change
 * @param changed which columns changed
 * @param unknown what is not known
 * @param full whether the log had the whole row before
 */
record Recorded(String id, long transaction, long relation, String name, String operation, @Nullable String key,
		@Nullable String keyBefore, Map<String, String> values, Map<String, String> before, Set<String> changed,
		Set<String> unknown, boolean full) {

	private static final String CHANGES = """
			SELECT v.id, v.transaction_id, r.oid, v.schema || '.' || v."table", v.operation, v.primary_key,
			       CASE WHEN cardinality(k.names) = 1 THEN v.before ->> k.names[1]
			            WHEN v.before ?? k.names[1]
			            THEN (SELECT jsonb_agg(v.before -> n ORDER BY o)::text FROM unnest(k.names) WITH ORDINALITY u(n, o)) END,
			       %s, %s, v.changed, v.unknown, r.replica_identity = 'f'
			  FROM bemi.changes v
			  JOIN bemi.change c ON (c.position, c.ordinal) = (v.position, v.ordinal) AND c.operation <> 'B'
			  JOIN bemi.relation r ON r.id = c.relation
			 CROSS JOIN LATERAL (SELECT array_agg(e.value ->> 'name' ORDER BY o)
			         FROM jsonb_array_elements(r.columns) WITH ORDINALITY e(value, o)
			        WHERE (e.value -> 'key')::boolean) k(names)
			 WHERE v."table" <> 'barrier' ORDER BY v.id
			"""
		.replace(" ?? ", " OPERATOR(pg_catalog.??) ")
		.formatted(Image.sql("v.values"), Image.sql("v.before"));

	static List<Recorded> all(TestDatabase database) throws SQLException {
		List<Recorded> changes = new ArrayList<>();
		try (Connection connection = database.connect();
				PreparedStatement statement = connection.prepareStatement(CHANGES);
				ResultSet row = statement.executeQuery()) {
			while (row.next()) {
				changes.add(new Recorded(row.getString(1), row.getLong(2), row.getLong(3), row.getString(4),
						row.getString(5), row.getString(6), row.getString(7), Image.read(row, 8), Image.read(row, 9),
						Set.of((String[]) row.getArray(10).getArray()), Set.of((String[]) row.getArray(11).getArray()),
						row.getBoolean(12)));
			}
		}
		return changes;
	}

	@Override
	public String toString() {
		return "%s: %s of %s %s in transaction %d%n  values  %s%n  before  %s%n  changed %s%n  unknown %s".formatted(
				this.id, this.operation, this.name, this.key, this.transaction, Image.abbreviated(this.values),
				Image.abbreviated(this.before), this.changed, this.unknown);
	}

}
