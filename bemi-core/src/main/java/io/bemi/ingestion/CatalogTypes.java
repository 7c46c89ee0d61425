package io.bemi.ingestion;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.bemi.change.Position;
import io.bemi.ingestion.PublishedTable.KeyColumn;
import io.bemi.pgoutput.PgOutputMessage.Column;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.pgoutput.PgType;
import io.bemi.tracking.ColumnRules;
import org.jspecify.annotations.Nullable;

/**
 * Asks the source's catalogue what the stream does not say: the structure of types, the
 * primary key of a table whose replica identity is the whole row, and the tables that are
 * published when a slot is created.
 */
final class CatalogTypes implements RowReader.Catalog {

	private static final String TYPE = """
			SELECT t.typtype, t.typbasetype::bigint, t.typelem::bigint, e.typdelim, t.typrelid::bigint,
			       t.typsubscript = 'pg_catalog.array_subscript_handler'::regproc AS is_array,
			       t.typname = 'hstore' AND EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
			           JOIN pg_catalog.pg_extension x ON x.oid = d.refobjid
			          WHERE d.objid = t.oid AND d.classid = 'pg_catalog.pg_type'::regclass AND x.extname = 'hstore')
			  FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem
			 WHERE t.oid = ?::bigint::oid
			""";

	private static final String FIELDS = """
			SELECT attname, atttypid::bigint FROM pg_catalog.pg_attribute
			 WHERE attrelid = ?::bigint::oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum
			""";

	private static final String PRIMARY_KEY = """
			SELECT a.attname, a.attnum
			  FROM pg_catalog.pg_class c
			  LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary AND i.indisvalid
			  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
			 WHERE c.oid = ?::bigint::oid ORDER BY a.attnum
			""";

	/**
	 * PostgreSQL 14 takes the values of columns that were added later for nulls when it
	 * makes the old row of a partition one of the whole table. Whether there is such a
	 * column the catalogue says no more, once its rows were written anew or its partition
	 * is another one; nor anything of a table that is gone.
	 */
	private static final String DOUBTFUL_NULLS = """
			SELECT pg_catalog.current_setting('server_version_num')::int < 150000
			       AND coalesce((SELECT relkind = 'p' FROM pg_catalog.pg_class WHERE oid = ?::bigint::oid), true)
			""";

	/**
	 * Before 18 generated columns are not published, and before 15 there are no lists.
	 */
	private static final String PUBLISHED = """
			SELECT c.oid::bigint, n.nspname, c.relname, c.relkind, c.relreplident,
			       a.attname, a.atttypid::bigint, a.atttypmod,
			       c.relreplident = 'f' OR coalesce(a.attnum = ANY (i.indkey), false)
			  FROM pg_catalog.pg_publication_tables p
			  JOIN pg_catalog.pg_namespace n ON n.nspname = p.schemaname
			  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename
			  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
			  LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid
			        AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END
			 WHERE p.pubname = ? AND (a.attgenerated = '' OR pg_catalog.current_setting('server_version_num')::int >= 180000)
			   AND coalesce(to_jsonb(p) -> 'attnames' @> to_jsonb(a.attname::text), true)
			   AND coalesce(c.oid = ?::bigint::oid, true)
			 ORDER BY n.nspname, c.relname, a.attnum
			"""
		.replace(" ? '", " ?? '")
		.replace(" ? a.", " ?? a.");

	/**
	 * How the values of a table's columns are compared: by operators that need not be in
	 * the search path.
	 */
	private static final String COMPARISON = """
			WITH RECURSIVE base (name, type, base) AS (
			     SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.atttypid
			       FROM pg_catalog.pg_attribute a
			      WHERE a.attrelid = ?::bigint::oid AND a.attnum > 0 AND NOT a.attisdropped
			     UNION ALL
			     SELECT b.name, b.type, t.typbasetype FROM base b
			       JOIN pg_catalog.pg_type t ON t.oid = b.base AND t.typtype = 'd')
			SELECT b.name, b.type, coalesce((SELECT n.nspname FROM pg_catalog.pg_operator o
			         JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
			        WHERE o.oprname = '>' AND o.oprleft = b.base AND o.oprright = b.base LIMIT 1), 'pg_catalog')
			  FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.base AND t.typtype <> 'd'
			""";

	private static final String FIXED_LENGTH = "SELECT typlen > 0 FROM pg_catalog.pg_type WHERE oid = ?::bigint::oid";

	private final Connection connection;

	private final ColumnRules rules;

	CatalogTypes(Connection connection) {
		this(connection, ColumnRules.NONE);
	}

	/**
	 * Creates one.
	 * @param rules which columns of tables are recorded, and how
	 */
	CatalogTypes(Connection connection, ColumnRules rules) {
		this.connection = connection;
		this.rules = rules;
	}

	ColumnRules rules() {
		return this.rules;
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
			throw new IllegalStateException("The source's catalogue cannot be read: " + ex.getMessage(), ex);
		}
	}

	private PgType type(ResultSet row) throws SQLException {
		if (row.getBoolean(7)) {
			return new PgType.Hstore();
		}
		if (row.getBoolean("is_array")) {
			return new PgType.Array((int) row.getLong(3), row.getString(4).charAt(0));
		}
		return switch (row.getString(1)) {
			case "d" -> new PgType.Domain((int) row.getLong(2));
			case "c" -> new PgType.Composite(fields(row.getLong(5)));
			default -> new PgType.Base();
		};
	}

	private List<PgType.Field> fields(long relation) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(FIELDS)) {
			statement.setLong(1, relation);
			try (ResultSet row = statement.executeQuery()) {
				List<PgType.Field> fields = new ArrayList<>();
				while (row.next()) {
					fields.add(new PgType.Field(row.getString(1), (int) row.getLong(2)));
				}
				return fields;
			}
		}
	}

	@Override
	public @Nullable PrimaryKey primaryKey(int oid) {
		try (PreparedStatement statement = this.connection.prepareStatement(PRIMARY_KEY)) {
			statement.setLong(1, Integer.toUnsignedLong(oid));
			try (ResultSet row = statement.executeQuery()) {
				if (!row.next()) {
					return null;
				}
				List<String> names = new ArrayList<>();
				List<Integer> numbers = new ArrayList<>();
				do {
					if (row.getString(1) != null) {
						names.add(row.getString(1));
						numbers.add(row.getInt(2));
					}
				}
				while (row.next());
				return new PrimaryKey(names, numbers);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException("The source's catalogue cannot be read: " + ex.getMessage(), ex);
		}
	}

	@Override
	public boolean hasDoubtfulNulls(int oid) {
		try (PreparedStatement statement = this.connection.prepareStatement(DOUBTFUL_NULLS)) {
			statement.setLong(1, Integer.toUnsignedLong(oid));
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return row.getBoolean(1);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException("The source's catalogue cannot be read: " + ex.getMessage(), ex);
		}
	}

	@Override
	public boolean hasFixedLength(int oid) {
		try (PreparedStatement statement = this.connection.prepareStatement(FIXED_LENGTH)) {
			statement.setLong(1, Integer.toUnsignedLong(oid));
			try (ResultSet row = statement.executeQuery()) {
				return row.next() && row.getBoolean(1);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException("The source's catalogue cannot be read: " + ex.getMessage(), ex);
		}
	}

	/**
	 * The tables that are published now, as the stream will describe them.
	 * @param snapshot a connection whose transaction sees the moment in question
	 * @param publication the publication's name
	 * @param oid the only table that is looked for; {@code null} for all
	 * @param since the position that the descriptions get
	 * @return the tables
	 * @throws SQLException when the catalogue cannot be read
	 */
	List<PublishedTable> published(Connection snapshot, String publication, @Nullable Integer oid, Position since)
			throws SQLException {
		List<PublishedTable> tables = new ArrayList<>();
		try (PreparedStatement statement = snapshot.prepareStatement(PUBLISHED)) {
			statement.setString(1, publication);
			statement.setObject(2, (oid != null) ? Integer.toUnsignedLong(oid) : null, Types.BIGINT);
			try (ResultSet row = statement.executeQuery()) {
				boolean more = row.next();
				while (more) {
					long table = row.getLong(1);
					String schema = row.getString(2);
					String name = row.getString(3);
					boolean partitioned = "p".equals(row.getString(4));
					char identity = row.getString(5).charAt(0);
					List<Column> columns = new ArrayList<>();
					do {
						columns
							.add(new Column(row.getBoolean(9), row.getString(6), (int) row.getLong(7), row.getInt(8)));
						more = row.next();
					}
					while (more && row.getLong(1) == table);
					Relation relation = new Relation((int) table, schema, name, identity, columns);
					PrimaryKey key = primaryKey((int) table);
					tables.add(table(snapshot, TrackedRelation.of(new ChosenColumns(relation, this.rules), since,
							(key != null) ? key.indexesIn(relation) : List.of(), this), partitioned));
				}
			}
		}
		return tables;
	}

	private static PublishedTable table(Connection snapshot, TrackedRelation relation, boolean partitioned)
			throws SQLException {
		Map<String, KeyColumn> columns = new HashMap<>();
		try (PreparedStatement statement = snapshot.prepareStatement(COMPARISON)) {
			statement.setLong(1, Integer.toUnsignedLong(relation.relation().oid()));
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					columns.put(row.getString(1), new KeyColumn(row.getString(1), row.getString(2), row.getString(3)));
				}
			}
		}
		List<KeyColumn> key = new ArrayList<>();
		for (int column : relation.keyColumns()) {
			String name = relation.relation().columns().get(column).name();
			key.add(columns.getOrDefault(name, new KeyColumn(name, "text", "pg_catalog")));
		}
		return new PublishedTable(relation, partitioned, key);
	}

}
