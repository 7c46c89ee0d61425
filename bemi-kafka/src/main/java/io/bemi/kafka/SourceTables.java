package io.bemi.kafka;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Asks the source's catalogue what the connector does not say: the object ids of tables
 * and types, and what identifies the rows of a table.
 */
final class SourceTables {

	private static final String TABLE = """
			SELECT c.oid::bigint, c.relreplident FROM pg_catalog.pg_class c
			  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			 WHERE n.nspname = ? AND c.relname = ?
			""";

	private static final String COLUMNS = """
			SELECT a.attname, a.atttypid::bigint, a.atttypmod, t.typname,
			       coalesce(a.attnum = ANY (i.indkey), false), s.nspname
			  FROM pg_catalog.pg_class c
			  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
			  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid JOIN pg_catalog.pg_namespace s ON s.oid = t.typnamespace
			  LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid
			        AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END
			 WHERE c.oid = ?::bigint::oid
			""";

	/** Types of the server first, for the connector names them without a schema. */
	private static final String TYPES = "SELECT t.oid::bigint, t.typname, s.nspname FROM pg_catalog.pg_type t"
			+ " JOIN pg_catalog.pg_namespace s ON s.oid = t.typnamespace ORDER BY t.oid";

	private static final String TYPE = """
			SELECT t.typname, t.typtype, t.typbasetype::bigint,
			       CASE WHEN t.typsubscript = 'pg_catalog.array_subscript_handler'::regproc THEN t.typelem::bigint END
			  FROM pg_catalog.pg_type t WHERE t.oid = ?::bigint::oid
			""";

	private final Connection connection;

	/**
	 * Creates one.
	 * @param connection a connection to the source
	 */
	SourceTables(Connection connection) {
		this.connection = connection;
	}

	/**
	 * Looks a table up.
	 * @return the table as it is now; {@code null} when there is none of that name
	 */
	@Nullable SourceTable table(String schema, String name) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(TABLE)) {
			statement.setString(1, schema);
			statement.setString(2, name);
			try (ResultSet row = statement.executeQuery()) {
				return row.next()
						? new SourceTable((int) row.getLong(1), row.getString(2).charAt(0), columns(row.getLong(1)))
						: null;
			}
		}
	}

	private Map<String, SourceColumn> columns(long table) throws SQLException {
		Map<String, SourceColumn> columns = new HashMap<>();
		try (PreparedStatement statement = this.connection.prepareStatement(COLUMNS)) {
			statement.setLong(1, table);
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					columns.put(row.getString(1), new SourceColumn((int) row.getLong(2), row.getInt(3),
							row.getString(6), row.getString(4), row.getBoolean(5)));
				}
			}
		}
		return columns;
	}

	/**
	 * Looks a type up by the name that the connector gives it, which is in capitals by
	 * Java's rules and not by the server's.
	 * @return the type; {@code null} when there is none of that name
	 */
	@Nullable SourceType type(String capitals) throws SQLException {
		try (Statement statement = this.connection.createStatement(); ResultSet row = statement.executeQuery(TYPES)) {
			while (row.next()) {
				if (isNamed(capitals, row.getString(3), row.getString(2))) {
					return type((int) row.getLong(1));
				}
			}
			return null;
		}
	}

	/**
	 * Since Debezium 3.7 the names of types with a dot have their schema.
	 */
	private static boolean isNamed(String capitals, String schema, String name) {
		return capitals.equals(capitals(name)) || capitals.equals(capitals("\"" + schema + "\".\"" + name + "\""));
	}

	private static String capitals(String name) {
		return name.toUpperCase(Locale.ENGLISH);
	}

	/**
	 * Looks a type up.
	 * @return the type; {@code null} when there is none any more
	 */
	@Nullable SourceType type(int oid) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(TYPE)) {
			statement.setLong(1, Integer.toUnsignedLong(oid));
			try (ResultSet row = statement.executeQuery()) {
				if (!row.next()) {
					return null;
				}
				long base = row.getLong(3);
				if (base != 0) {
					SourceType below = type((int) base);
					return (below != null)
							? new SourceType(oid, below.base(), below.name(), below.kind(), below.element()) : null;
				}
				long element = row.getLong(4);
				return new SourceType(oid, oid, row.getString(1), row.getString(2).charAt(0),
						(element != 0) ? type((int) element) : null);
			}
		}
	}

	/**
	 * A table.
	 *
	 * @param oid its object id
	 * @param replicaIdentity what is sent of old rows
	 * @param columns its columns by name
	 */
	record SourceTable(int oid, char replicaIdentity, Map<String, SourceColumn> columns) {
	}

	/**
	 * A column.
	 *
	 * @param typeOid the object id of its type
	 * @param typeModifier the type's modifier
	 * @param typeSchema the type's schema
	 * @param typeName the type's name
	 * @param key whether it is part of the replica identity, or of the primary key where
	 * that is the whole row
	 */
	record SourceColumn(int typeOid, int typeModifier, String typeSchema, String typeName, boolean key) {

		/**
		 * Whether the connector means its type.
		 */
		boolean isOf(String capitals) {
			return isNamed(capitals, this.typeSchema, this.typeName);
		}

	}

}
