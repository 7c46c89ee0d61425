package io.bemi.tracking;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.Assert;

/**
 * Brings the tables of one component forward to the version that this jar knows. Steps
 * are resource files, run in order, all in one transaction under an advisory lock; the
 * version reached is kept in the table {@code meta} of the schema. A schema that is as
 * new or newer is left alone without any DDL, so that an old and a new instance may start
 * in turn.
 * <p>
 * In a step {@code ${schema}} stands for the quoted name of the schema, and unqualified
 * names are created in it.
 */
public final class SchemaMigrator {

	private static final Logger logger = LoggerFactory.getLogger(SchemaMigrator.class);

	private static final String META_EXISTS = """
			SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			                WHERE n.nspname = ? AND c.relname = 'meta' AND c.relkind = 'r')
			""";

	private static final String SCHEMA_EXISTS = """
			SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = ?)
			""";

	private static final String CREATE_META = """
			CREATE TABLE %s.meta (
			  component  text PRIMARY KEY,
			  version    integer NOT NULL,
			  applied_at timestamptz NOT NULL DEFAULT pg_catalog.now()
			)
			""";

	private static final String READ_VERSION = """
			SELECT version FROM %s.meta WHERE component = ?
			""";

	private static final String WRITE_VERSION = """
			INSERT INTO %s.meta (component, version) VALUES (?, ?)
			    ON CONFLICT (component) DO UPDATE SET version = EXCLUDED.version, applied_at = pg_catalog.now()
			""";

	// A search_path and quoting rules of our own: the role's or the database's settings
	// must not change what a step means.
	private static final String SETTINGS = """
			SET LOCAL search_path = %s, pg_temp;
			SET LOCAL standard_conforming_strings = on;
			SET LOCAL client_min_messages = warning
			""";

	private final String component;

	private final String schema;

	private final String quotedSchema;

	private final List<String> resources;

	private final Class<?> anchor;

	/**
	 * Creates a migrator.
	 * @param component whose version is kept, such as {@code tracking}
	 * @param schema name of the schema, unquoted; created when absent
	 * @param resources names of the steps in order, {@code V001__….sql} first; the number
	 * of steps is the newest version
	 * @param anchor class beside which the resources lie
	 * @throws IllegalArgumentException if the steps are not numbered without a gap
	 */
	public SchemaMigrator(String component, String schema, List<String> resources, Class<?> anchor) {
		Assert.hasText(component, "'component' must not be empty");
		Assert.hasText(schema, "'schema' must not be empty");
		for (int step = 0; step < resources.size(); step++) {
			String prefix = String.format("V%03d__", step + 1);
			Assert.isTrue(resources.get(step).startsWith(prefix),
					() -> "'resources' must be numbered from V001__ without a gap, but are " + resources);
		}
		this.component = component;
		this.schema = schema;
		this.quotedSchema = Identifiers.quote(schema);
		this.resources = List.copyOf(resources);
		this.anchor = anchor;
	}

	/**
	 * The newest version that this jar knows.
	 */
	public int latestVersion() {
		return this.resources.size();
	}

	/**
	 * The version found in the database, without changing anything.
	 * @param connection to the database
	 * @return the version, 0 if the component is not there
	 * @throws SQLException if the database cannot be asked
	 */
	public int currentVersion(Connection connection) throws SQLException {
		if (!exists(connection, META_EXISTS)) {
			return 0;
		}
		try (PreparedStatement statement = connection.prepareStatement(READ_VERSION.formatted(this.quotedSchema))) {
			statement.setString(1, this.component);
			try (ResultSet rows = statement.executeQuery()) {
				return rows.next() ? rows.getInt(1) : 0;
			}
		}
	}

	/**
	 * Applies the steps that are missing.
	 * @param connection to the database, in no transaction; its autocommit mode is kept
	 * @return the version of the schema afterwards, which may be newer than
	 * {@link #latestVersion()}
	 * @throws SchemaMigrationException if the role may not do it, or somebody else holds
	 * the needed locks for too long
	 * @throws SQLException if a step fails otherwise
	 */
	public int migrate(Connection connection) throws SQLException {
		try {
			return ShortTransaction.call(connection, this::currentVersionOrMigrate);
		}
		catch (SQLException ex) {
			if (SqlStates.INSUFFICIENT_PRIVILEGE.equals(ex.getSQLState())) {
				throw new SchemaMigrationException(explain(connection, ex), ex);
			}
			if (SqlStates.LOCK_NOT_AVAILABLE.equals(ex.getSQLState())) {
				throw new SchemaMigrationException("Schema " + this.quotedSchema + " could not be migrated: another"
						+ " session holds a lock that is needed. It is tried again at the next start.", ex);
			}
			throw ex;
		}
	}

	private int currentVersionOrMigrate(Connection connection) throws SQLException {
		int version = currentVersion(connection);
		if (version >= latestVersion()) {
			return version;
		}
		AdvisoryLock.acquire(connection, this.schema);
		// Somebody else may have been faster.
		version = currentVersion(connection);
		if (version < latestVersion()) {
			apply(connection, version);
			version = latestVersion();
		}
		return version;
	}

	private void apply(Connection connection, int from) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.setEscapeProcessing(false);
			statement.execute(SETTINGS.formatted(this.quotedSchema));
			// CREATE SCHEMA IF NOT EXISTS asks for the right to create even if it exists.
			if (!exists(connection, SCHEMA_EXISTS)) {
				statement.execute("CREATE SCHEMA " + this.quotedSchema);
			}
			if (!exists(connection, META_EXISTS)) {
				statement.execute(CREATE_META.formatted(this.quotedSchema));
			}
			for (String resource : this.resources.subList(from, this.resources.size())) {
				statement.execute(read(resource));
			}
		}
		try (PreparedStatement statement = connection.prepareStatement(WRITE_VERSION.formatted(this.quotedSchema))) {
			statement.setString(1, this.component);
			statement.setInt(2, latestVersion());
			statement.executeUpdate();
		}
		logger.info("Schema {}: {} is at version {}", this.quotedSchema, this.component, latestVersion());
	}

	private boolean exists(Connection connection, String query) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(query)) {
			statement.setString(1, this.schema);
			try (ResultSet rows = statement.executeQuery()) {
				return rows.next() && rows.getBoolean(1);
			}
		}
	}

	private String read(String resource) {
		try (InputStream content = this.anchor.getResourceAsStream(resource)) {
			Assert.state(content != null, () -> "No resource '" + resource + "' beside " + this.anchor.getName());
			return new String(content.readAllBytes(), StandardCharsets.UTF_8).replace("${schema}", this.quotedSchema);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private String explain(Connection connection, SQLException cause) throws SQLException {
		String role = Identifiers.quote(Identifiers.currentUser(connection));
		String database = Identifiers.quote(connection.getCatalog());
		if (!exists(connection, SCHEMA_EXISTS)) {
			return "Role %s may not create schema %s in database %s. As a superuser or the owner of the database type: GRANT CREATE ON DATABASE %s TO %s; or create it yourself: CREATE SCHEMA %s AUTHORIZATION %s;"
				.formatted(role, this.quotedSchema, database, database, role, this.quotedSchema, role);
		}
		return "Role %s may not migrate schema %s in database %s (%s). As its owner type: GRANT USAGE, CREATE ON SCHEMA %s TO %s; GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA %s TO %s;"
			.formatted(role, this.quotedSchema, database, cause.getMessage(), this.quotedSchema, role,
					this.quotedSchema, role);
	}

}
