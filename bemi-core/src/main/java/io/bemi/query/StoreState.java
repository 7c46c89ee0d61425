package io.bemi.query;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What a store says of itself.
 */
final class StoreState {

	/**
	 * Descriptions by the stream say what the key is, those by a message what the primary
	 * key is.
	 */
	private static final String TABLES = """
			SELECT n.database, n.schema, n.name,
			       ARRAY(SELECT c ->> 'name' FROM jsonb_array_elements(n.columns) WITH ORDINALITY e(c, o)
			              WHERE (c ->> 'treatment') IS DISTINCT FROM 'excluded' ORDER BY o),
			       ARRAY(SELECT c ->> 'name' FROM jsonb_array_elements(n.columns) WITH ORDINALITY e(c, o)
			              WHERE coalesce((c ->> 'key')::boolean, (c ->> 'primary')::boolean, false) ORDER BY o),
			       ARRAY(SELECT DISTINCT c ->> 'name'
			               FROM %1$s.relation m JOIN %1$s.source o ON o.id = m.source
			              CROSS JOIN jsonb_array_elements(m.columns) c
			              WHERE m.schema = n.schema AND m.name = n.name AND o.database = n.database
			                AND c ->> 'treatment' LIKE 'masked%%' ORDER BY 1)
			  FROM (SELECT DISTINCT ON (s.database, r.schema, r.name) s.database, r.schema, r.name, r.columns
			          FROM %1$s.relation r JOIN %1$s.source s ON s.id = r.source
			         ORDER BY s.database, r.schema, r.name, r.id DESC) n
			 ORDER BY n.database, n.schema, n.name
			""";

	private static final String BASELINE = """
			SELECT count(*), count(completed_at), coalesce(sum(rows), 0)
			  FROM (SELECT DISTINCT ON (source, oid) completed_at, rows FROM %1$s.baseline ORDER BY source, oid, id DESC) b
			""";

	private static final String GAPS = """
			SELECT s.name, g.reason, g.from_time, g.to_time, g.noticed_at
			  FROM %1$s.gap g JOIN %1$s.source s ON s.id = g.source ORDER BY g.id DESC LIMIT 100
			""";

	private final JdbcTemplate jdbc;

	private final String schema;

	StoreState(JdbcTemplate jdbc, String schema) {
		this.jdbc = jdbc;
		this.schema = schema;
	}

	List<KnownTable> tables() {
		return this.jdbc.query(TABLES.formatted(this.schema),
				(row, number) -> new KnownTable(row.getString(1), row.getString(2), row.getString(3),
						texts(row.getArray(4)), texts(row.getArray(5)), texts(row.getArray(6))));
	}

	private static List<String> texts(Array array) throws SQLException {
		return List.of((String[]) array.getArray());
	}

	HistoryState read() {
		List<HistoryState.Interruption> gaps = this.jdbc.query(GAPS.formatted(this.schema),
				(row, number) -> new HistoryState.Interruption(row.getString(1), row.getString(2), instant(row, 3),
						instant(row, 4), row.getObject(5, OffsetDateTime.class).toInstant()));
		return this.jdbc
			.query(BASELINE.formatted(this.schema),
					(row, number) -> new HistoryState(row.getLong(1), row.getLong(2), row.getLong(3), gaps))
			.get(0);
	}

	private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
		OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
		return (time != null) ? time.toInstant() : null;
	}

}
