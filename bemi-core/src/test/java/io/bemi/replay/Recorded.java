package io.bemi.replay;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.bemi.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;

/**
 * A change as the history has it, or a row as it was found.
 *
 * @param id its id
 * @param position the position of its commit
 * @param committedAt when it was committed
 * @param transaction the transaction's id
 * @param relation the table's object id
 * @param name schema and table
 * @param operation what happened; {@code BASELINE} for a row that was found
 * @param key the record's key; {@code null} if it has none
 * @param keyBefore the key in what was before; {@code null} if that does not have it
 * @param values the row after the change
 * @param before the row before the change
 * @param changed which columns changed
 * @param unknown what is not known
 * @param full whether the log had the whole row before
 */
record Recorded(String id, long position, Instant committedAt, long transaction, long relation, String name,
		String operation, @Nullable String key, @Nullable String keyBefore, Map<String, String> values,
		Map<String, String> before, Set<String> changed, Set<String> unknown, boolean full) {

	private static final String CHANGES = """
			SELECT v.id, v.position - '0/0', v.committed_at, v.transaction_id, r.oid, v.schema || '.' || v."table", v.operation, v.primary_key,
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
			 WHERE v.schema <> 'shadow' AND v."table" <> 'barrier'
			"""
		.replace(" ?? ", " OPERATOR(pg_catalog.??) ")
		.formatted(Image.sql("v.values"), Image.sql("v.before"));

	/** Their ids sort among those of the changes. */
	private static final String FOUND = """
			SELECT lpad(c.source::text, 4, '0')
			       || '-' || lpad(split_part(c.position::text, '/', 1), 8, '0') || lpad(split_part(c.position::text, '/', 2), 8, '0')
			       || '-' || lpad(c.ordinal::text, 10, '0'),
			       c.position - '0/0', c.committed_at, c.transaction_id, r.oid, r.schema || '.' || r.name, 'BASELINE', c.primary_key, NULL,
			       %s, NULL, '{}'::text[], coalesce(c.unknown, '{}'::text[]), r.replica_identity = 'f'
			  FROM bemi.change c JOIN bemi.relation r ON r.id = c.relation
			 WHERE c.operation = 'B' AND r.schema <> 'shadow' AND r.name <> 'barrier'
			"""
		.formatted(Image.sql("c.image"));

	static List<Recorded> all(TestDatabase database) throws SQLException {
		List<Recorded> changes = new ArrayList<>();
		try (Connection connection = database.connect();
				PreparedStatement statement = connection
					.prepareStatement(FOUND + " UNION ALL " + CHANGES + " ORDER BY 1");
				ResultSet row = statement.executeQuery()) {
			while (row.next()) {
				changes.add(new Recorded(row.getString(1), row.getLong(2),
						row.getObject(3, OffsetDateTime.class).toInstant(), row.getLong(4), row.getLong(5),
						row.getString(6), row.getString(7), row.getString(8), row.getString(9), Image.read(row, 10),
						Image.read(row, 11), Set.of((String[]) row.getArray(12).getArray()),
						Set.of((String[]) row.getArray(13).getArray()), row.getBoolean(14)));
			}
		}
		return changes;
	}

	/**
	 * Whether it is a row as it was found, and not a change.
	 */
	boolean isFound() {
		return this.operation.equals("BASELINE");
	}

	/**
	 * The key of the record that was there before; {@code null} if none was, or it has
	 * none.
	 */
	@Nullable String replacedKey() {
		return switch (this.operation) {
			case "UPDATE" -> this.keyBefore;
			case "DELETE" -> this.key;
			default -> null;
		};
	}

	@Override
	public String toString() {
		return "%s: %s of %s %s in transaction %d%n  values  %s%n  before  %s%n  changed %s%n  unknown %s".formatted(
				this.id, this.operation, this.name, this.key, this.transaction, Image.abbreviated(this.values),
				Image.abbreviated(this.before), this.changed, this.unknown);
	}

}
