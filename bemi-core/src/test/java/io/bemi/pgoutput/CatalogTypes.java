package io.bemi.pgoutput;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks {@code pg_type} as it is now.
 */
final class CatalogTypes implements TypeCatalog {

	private static final String TYPE = """
			SELECT t.typtype, t.typbasetype, t.typrelid, e.oid AS element, e.typdelim,
			       t.typname = 'hstore' AND EXISTS (SELECT FROM pg_catalog.pg_cast c
			         WHERE c.castsource = t.oid AND c.casttarget = 'pg_catalog.json'::regtype) AS hstore
			  FROM pg_catalog.pg_type t
			  LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typlen = -1
			       AND t.typsubscript = 'pg_catalog.array_subscript_handler'::regproc
			 WHERE t.oid = ?
			""";

	private static final String FIELDS = """
			SELECT attname, atttypid FROM pg_catalog.pg_attribute
			 WHERE attrelid = ? AND attnum > 0 AND NOT attisdropped ORDER BY attnum
			""";

	private final Connection connection;

	CatalogTypes(Connection connection) {
		this.connection = connection;
	}

	@Override
	public PgType type(int oid) {
		try (PreparedStatement statement = this.connection.prepareStatement(TYPE)) {
			statement.setLong(1, Integer.toUnsignedLong(oid));
			try (ResultSet row = statement.executeQuery()) {
				return row.next() ? type(row) : new PgType.Base();
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private PgType type(ResultSet row) throws SQLException {
		if (row.getString("typtype").equals("d")) {
			return new PgType.Domain((int) row.getLong("typbasetype"));
		}
		if (row.getString("typtype").equals("c")) {
			return new PgType.Composite(fields(row.getLong("typrelid")));
		}
		if (row.getLong("element") != 0) {
			return new PgType.Array((int) row.getLong("element"), row.getString("typdelim").charAt(0));
		}
		return row.getBoolean("hstore") ? new PgType.Hstore() : new PgType.Base();
	}

	private List<PgType.Field> fields(long relation) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(FIELDS)) {
			statement.setLong(1, relation);
			List<PgType.Field> fields = new ArrayList<>();
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					fields.add(new PgType.Field(row.getString(1), (int) row.getLong(2)));
				}
			}
			return fields;
		}
	}

}
