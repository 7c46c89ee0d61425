package io.bemi.timetravel;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

import io.bemi.store.RecordedTable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The as-of views of a database that has its own store: made and renewed as its tables
 * and their history change.
 */
final class AsOfViews {

	static final String ROLE = "bemi_past";

	private static final String PREFIX = "bemi_asof_";

	/** In bytes, of a name. */
	private static final int LONGEST_NAME = 63;

	private static final Logger logger = LoggerFactory.getLogger(AsOfViews.class);

	private static final String INSUFFICIENT_PRIVILEGE = "42501";

	private static final String LOCK = "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('bemi'), pg_catalog.hashtext('asof'))";

	private static final String SOURCES = """
			SELECT s.id FROM source s
			 WHERE s.database = pg_catalog.current_database()
			   AND s.system_identifier = (SELECT o.system_identifier FROM source o WHERE o.database = pg_catalog.current_database()
			                               ORDER BY o.id DESC LIMIT 1)
			 ORDER BY s.id
			""";

	private static final String MADE = "SELECT table_oid, schema, name, definition, indexes FROM asof_view";

	private static final String MEMBER = """
			SELECT r.oid IS NOT NULL, coalesce(pg_catalog.pg_has_role(current_user, r.oid, CASE
			       WHEN pg_catalog.current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END), false), current_user
			  FROM (SELECT ?::text AS name) n LEFT JOIN pg_catalog.pg_roles r ON r.rolname = n.name
			""";

	/**
	 * The role, the database, whether schemas may be made in it, and the store's owner if
	 * the role has not got its rights.
	 */
	private static final String LACKING = """
			SELECT current_user, pg_catalog.current_database(),
			       pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE'),
			       (SELECT pg_catalog.pg_get_userbyid(c.relowner) FROM pg_catalog.pg_class c
			          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			         WHERE n.nspname = ? AND c.relname = 'change' AND NOT pg_catalog.pg_has_role(c.relowner, 'USAGE'))
			""";

	/**
	 * What the role could read by its name: then the present would be read silently.
	 */
	private static final String READABLE = """
			SELECT c.oid::regclass::text, c.relkind IN ('v', 'm') FROM pg_catalog.pg_class c
			  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			 WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname NOT LIKE 'bemi\\_asof\\_%'
			   AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_t%'
			   AND (c.relkind IN ('v', 'm') OR c.oid = ANY (?::oid[])
			        OR EXISTS (SELECT FROM pg_catalog.pg_partition_ancestors(c.oid) a WHERE c.relispartition AND a.relid = ANY (?::oid[])))
			   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
			                    WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
			   AND pg_catalog.has_schema_privilege('bemi_past', n.oid, 'USAGE')
			   AND pg_catalog.has_any_column_privilege('bemi_past', c.oid, 'SELECT')
			 ORDER BY 1
			""";

	private final StoreConnections application;

	private final StoreConnections connections;

	private final Set<String> opened;

	AsOfViews(StoreConnections application, StoreConnections connections, Set<String> opened) {
		this.application = application;
		this.connections = connections;
		this.opened = opened;
	}

	/**
	 * Makes what is missing and renews what has changed.
	 * @return the object ids of the tables that are recorded
	 */
	List<Long> refresh() throws SQLException {
		this.application.call((connection) -> {
			ensureRole(connection);
			return true;
		});
		Result result;
		try {
			result = this.connections.transact(this::refresh);
		}
		catch (SQLException ex) {
			if (INSUFFICIENT_PRIVILEGE.equals(ex.getSQLState())) {
				throw refused(ex);
			}
			throw ex;
		}
		if (result.hasNewIndex()) {
			// The planner knows nothing of what an index computes before.
			this.connections.transact((connection) -> {
				StoreConnections.execute(connection, "ANALYZE change");
				return true;
			});
		}
		this.application.call((connection) -> {
			for (String schema : result.schemas()) {
				nameRole(connection, schema);
			}
			return true;
		});
		return result.tables();
	}

	/**
	 * Says what a role lacks that may not make the views.
	 */
	private TimeTravelException refused(SQLException refusal) throws SQLException {
		return this.connections.call((connection) -> {
			try (PreparedStatement statement = connection.prepareStatement(LACKING)) {
				statement.setString(1, this.connections.schema());
				try (ResultSet row = statement.executeQuery()) {
					row.next();
					String user = Sql.identifier(row.getString(1));
					List<String> needed = new ArrayList<>();
					if (!row.getBoolean(3)) {
						needed.add(
								"GRANT CREATE ON DATABASE %s TO %s;".formatted(Sql.identifier(row.getString(2)), user));
					}
					if (row.getString(4) != null) {
						needed.add("GRANT %s TO %s;".formatted(Sql.identifier(row.getString(4)), user));
					}
					return new TimeTravelException("The as-of views cannot be made: " + refusal.getMessage() + ". Role "
							+ user + " makes them, and has to own the store's tables and to have CREATE on"
							+ " the database. As a superuser "
							+ (needed.isEmpty() ? "" : "type: " + String.join(" ", needed) + " or ")
							+ "run docs/sql/timetravel.sql", refusal);
				}
			}
		});
	}

	private static void ensureRole(Connection connection) throws SQLException {
		Membership past = Membership.of(connection, ROLE);
		if (past.isMember()) {
			return;
		}
		String user = Sql.identifier(past.user());
		String needed = "GRANT bemi_past TO " + user;
		try {
			if (!past.exists()) {
				create(connection, "CREATE ROLE bemi_past NOLOGIN");
			}
			StoreConnections.execute(connection, needed);
		}
		catch (SQLException ex) {
			throw new TimeTravelException("The past is read under the role bemi_past, which may read nothing but"
					+ " as-of views. Role " + user + " is not a member of it (" + ex.getMessage()
					+ "). As a superuser type: CREATE ROLE bemi_past NOLOGIN; (unless it is there) " + needed
					+ "; or run docs/sql/timetravel.sql", ex);
		}
	}

	/**
	 * Makes a role with the rights of bemi_past that has the name of a schema of views:
	 * "$user" in a search path means the schema then. Without it the search path is set,
	 * which costs prepared statements.
	 */
	private static void nameRole(Connection connection, String schema) throws SQLException {
		Membership named = Membership.of(connection, schema);
		if (named.isMember()) {
			return;
		}
		String role = Sql.identifier(schema);
		try {
			if (!named.exists()) {
				create(connection, "CREATE ROLE %s NOLOGIN IN ROLE bemi_past".formatted(role));
			}
			StoreConnections.execute(connection, "GRANT %s TO %s".formatted(role, Sql.identifier(named.user())));
		}
		catch (SQLException ex) {
			logger.debug("There is no role {} to read the past with: {}", schema, ex.getMessage());
		}
	}

	private static void create(Connection connection, String role) throws SQLException {
		try {
			StoreConnections.execute(connection, role);
		}
		catch (SQLException ex) {
			// Somebody else may have been faster, in any database of the cluster.
			if (!"42710".equals(ex.getSQLState()) && !"23505".equals(ex.getSQLState())) {
				throw ex;
			}
		}
	}

	private Result refresh(Connection connection) throws SQLException {
		StoreConnections.execute(connection, LOCK);
		Map<Long, List<RecordedTable>> recorded = recorded(connection);
		List<Long> oids = List.copyOf(recorded.keySet());
		Map<Long, Made> made = made(connection);
		List<LiveTable> tables = LiveTable.of(connection, oids, this.opened);
		refuseReadable(connection, oids);
		Set<Long> kept = new HashSet<>();
		Map<LiveTable, AsOfView> changed = new LinkedHashMap<>();
		for (LiveTable table : tables) {
			if (table.obstacle() != null
					|| (PREFIX + table.schema()).getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
				logger.info("Table {} has no past to be read: {}", table,
						(table.obstacle() != null) ? table.obstacle() : "the name of its schema is too long");
				continue;
			}
			AsOfView view = new AsOfView(table, recorded.getOrDefault(table.oid(), List.of()),
					this.connections.schema());
			kept.add(table.oid());
			Made before = made.get(table.oid());
			if (before == null || !before.equals(Made.of(table, view))) {
				changed.put(table, view);
			}
		}
		boolean hasNewIndex = false;
		for (Map.Entry<Long, Made> old : made.entrySet()) {
			if (!kept.contains(old.getKey())
					|| changed.keySet().stream().anyMatch((table) -> table.oid() == old.getKey())) {
				drop(connection, old.getValue());
			}
		}
		for (Map.Entry<LiveTable, AsOfView> entry : changed.entrySet()) {
			Made before = made.get(entry.getKey().oid());
			hasNewIndex |= create(connection, entry.getKey(), entry.getValue(), before);
		}
		for (Map.Entry<Long, Made> old : made.entrySet()) {
			if (!kept.contains(old.getKey())) {
				forget(connection, old.getKey(), old.getValue().indexes());
			}
		}
		return new Result(oids,
				tables.stream()
					.filter((table) -> kept.contains(table.oid()))
					.map((table) -> PREFIX + table.schema())
					.collect(Collectors.toCollection(TreeSet::new)),
				hasNewIndex);
	}

	private Map<Long, List<RecordedTable>> recorded(Connection connection) throws SQLException {
		List<Integer> sources = new ArrayList<>();
		try (PreparedStatement statement = connection.prepareStatement(SOURCES);
				ResultSet row = statement.executeQuery()) {
			while (row.next()) {
				sources.add(row.getInt(1));
			}
		}
		Map<Long, List<RecordedTable>> recorded = new LinkedHashMap<>();
		for (int source : sources) {
			for (RecordedTable table : RecordedTable.all(connection, source)) {
				recorded.computeIfAbsent(table.oid(), (any) -> new ArrayList<>()).add(table);
			}
		}
		return recorded;
	}

	private static Map<Long, Made> made(Connection connection) throws SQLException {
		Map<Long, Made> made = new HashMap<>();
		try (PreparedStatement statement = connection.prepareStatement(MADE);
				ResultSet row = statement.executeQuery()) {
			while (row.next()) {
				made.put(row.getLong(1), new Made(row.getString(2), row.getString(3), row.getString(4),
						List.of((String[]) row.getArray(5).getArray())));
			}
		}
		return made;
	}

	private static void refuseReadable(Connection connection, List<Long> oids) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(READABLE)) {
			statement.setArray(1, connection.createArrayOf("bigint", oids.toArray()));
			statement.setArray(2, connection.createArrayOf("bigint", oids.toArray()));
			try (ResultSet row = statement.executeQuery()) {
				if (row.next()) {
					throw new TimeTravelException(
							("The role bemi_past may read %1$s, because everybody may: SQL that names it with its schema"
									+ " would read the present. Type: REVOKE SELECT ON %1$s FROM PUBLIC, bemi_past; and grant it to those who need it")
								.formatted(row.getString(1)));
				}
			}
		}
	}

	private static void drop(Connection connection, Made old) throws SQLException {
		StoreConnections.execute(connection, "DROP VIEW IF EXISTS " + old.view());
	}

	private boolean create(Connection connection, LiveTable table, AsOfView view, @Nullable Made before)
			throws SQLException {
		Made next = Made.of(table, view);
		String store = Sql.identifier(this.connections.schema());
		String schema = Sql.identifier(PREFIX + table.schema());
		StoreConnections.execute(connection, "CREATE SCHEMA IF NOT EXISTS " + schema,
				"CREATE VIEW " + next.view() + " AS " + view.query(),
				"GRANT USAGE ON SCHEMA %s, %s TO bemi_past".formatted(schema, store),
				"GRANT SELECT ON %s TO bemi_past".formatted(next.view()), """
						GRANT EXECUTE ON FUNCTION %1$s.past(text, bigint, text, bigint[], bigint[]),
						      %1$s.moment(text, text, boolean, text) TO bemi_past""".formatted(store));
		grantUsage(connection, table.schema());
		List<String> old = (before != null) ? before.indexes() : List.of();
		boolean hasNew = false;
		List<String> definitions = view.indexes();
		for (int i = 0; i < definitions.size(); i++) {
			if (!old.contains(next.indexes().get(i))) {
				hasNew = true;
				StoreConnections.execute(connection, "CREATE INDEX IF NOT EXISTS %s ON change %s"
					.formatted(Sql.identifier(next.indexes().get(i)), definitions.get(i)));
			}
		}
		forget(connection, table.oid(), old.stream().filter((index) -> !next.indexes().contains(index)).toList());
		try (PreparedStatement statement = connection.prepareStatement(
				"INSERT INTO asof_view (table_oid, schema, name, definition, indexes) VALUES (?, ?, ?, ?, ?)")) {
			statement.setLong(1, table.oid());
			statement.setString(2, next.schema());
			statement.setString(3, next.name());
			statement.setString(4, next.definition());
			statement.setArray(5, connection.createArrayOf("text", next.indexes().toArray()));
			statement.execute();
		}
		return hasNew;
	}

	/**
	 * Functions and types of the application's schema are to be found; its tables stay
	 * refused.
	 */
	private static void grantUsage(Connection connection, String schema) throws SQLException {
		StoreConnections.execute(connection, "SAVEPOINT usage");
		try {
			StoreConnections.execute(connection, "GRANT USAGE ON SCHEMA " + Sql.identifier(schema) + " TO bemi_past",
					"RELEASE SAVEPOINT usage");
		}
		catch (SQLException ex) {
			StoreConnections.execute(connection, "ROLLBACK TO SAVEPOINT usage");
			logger.debug("The schema {} cannot be opened for bemi_past: {}", schema, ex.getMessage());
		}
	}

	private static void forget(Connection connection, long oid, List<String> indexes) throws SQLException {
		for (String index : indexes) {
			StoreConnections.execute(connection, "DROP INDEX IF EXISTS " + Sql.identifier(index));
		}
		try (PreparedStatement statement = connection.prepareStatement("DELETE FROM asof_view WHERE table_oid = ?")) {
			statement.setLong(1, oid);
			statement.execute();
		}
	}

	/**
	 * What was done.
	 *
	 * @param tables the object ids of the tables that are recorded
	 * @param schemas the schemas of their views
	 * @param hasNewIndex whether an index was made
	 */
	private record Result(List<Long> tables, Set<String> schemas, boolean hasNewIndex) {
	}

	/**
	 * What a user has to do with a role.
	 *
	 * @param exists whether the role is there
	 * @param isMember whether the user may take it
	 * @param user the user
	 */
	private record Membership(boolean exists, boolean isMember, String user) {

		static Membership of(Connection connection, String role) throws SQLException {
			try (PreparedStatement statement = connection.prepareStatement(MEMBER)) {
				statement.setString(1, role);
				try (ResultSet row = statement.executeQuery()) {
					row.next();
					return new Membership(row.getBoolean(1), row.getBoolean(2), row.getString(3));
				}
			}
		}

	}

	/**
	 * A view as it was made.
	 *
	 * @param schema its schema
	 * @param name its name
	 * @param definition a digest of its query
	 * @param indexes the names of its indexes
	 */
	private record Made(String schema, String name, String definition, List<String> indexes) {

		static Made of(LiveTable table, AsOfView view) {
			return new Made(PREFIX + table.schema(), table.name(), digest(view.query()),
					view.indexes().stream().map((index) -> "asof_" + table.oid() + "_" + digest(index)).toList());
		}

		private static String digest(String text) {
			CRC32 crc = new CRC32();
			crc.update(text.getBytes(StandardCharsets.UTF_8));
			return Long.toHexString(crc.getValue()) + "_" + Integer.toHexString(text.hashCode());
		}

		String view() {
			return Sql.identifier(this.schema) + "." + Sql.identifier(this.name);
		}

	}

}
