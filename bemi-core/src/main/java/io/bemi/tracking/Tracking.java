package io.bemi.tracking;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Tracks the tables of a database: triggers that say who wrote, and a publication. A
 * table is left out, with a reason, when publishing it would make writes to it fail.
 */
public final class Tracking {

	/** The component whose version {@link SchemaMigrator} keeps. */
	public static final String COMPONENT = "tracking";

	static final String SCHEMA = "bemi";

	private static final String CONFIGURE = "SELECT bemi.configure(?, ?, ?, ?::name, ?)";

	private static final String ALLOW_SKIP = "SELECT bemi.allow_skip(?)";

	private static final String IS_SUPERUSER = """
			SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user
			""";

	private static final String CREATE_EVENT_TRIGGER = "SELECT bemi.create_event_trigger()";

	private static final String EVENT_TRIGGER_EXISTS = """
			SELECT count(*) = 4 FROM pg_catalog.pg_event_trigger
			 WHERE evtname IN ('bemi_tracking', 'bemi_rewrite', 'bemi_drop', 'bemi_identity')
			""";

	private static final String ONLY_SUPERUSER = "only a superuser may create an event trigger";

	private final TrackingSettings settings;

	private final SchemaMigrator migrator = new SchemaMigrator(COMPONENT, SCHEMA, List.of("V001__tracking.sql",
			"V002__sql_comments.sql", "V003__shapes.sql", "V004__partition_identity.sql", "V005__skip.sql"),
			Tracking.class);

	/**
	 * Creates tracking.
	 * @param settings what to track
	 */
	public Tracking(TrackingSettings settings) {
		this.settings = settings;
	}

	/**
	 * Brings the schema and each table to the state that is wanted, each in a short
	 * transaction of its own. Changes nothing when nothing differs.
	 * @param connection to the database, in no transaction
	 * @return what is tracked now
	 * @throws SchemaMigrationException if the role may not do it, with a message that
	 * says what to type
	 * @throws SQLException if the database fails otherwise
	 */
	public TrackingReport track(Connection connection) throws SQLException {
		this.migrator.migrate(connection);
		try {
			ShortTransaction.call(connection, this::configure);
		}
		catch (SQLException ex) {
			if (SqlStates.INSUFFICIENT_PRIVILEGE.equals(ex.getSQLState())) {
				throw explain(connection, ex);
			}
			throw ex;
		}
		Optional<String> eventTriggerMissing = ShortTransaction.call(connection, Tracking::createEventTrigger);
		return new TableTracker(connection).track(eventTriggerMissing.orElse(null));
	}

	/**
	 * Reports what is tracked, without changing anything.
	 * @param connection to the database
	 * @return what is tracked, {@code null} if the schema is not there
	 * @throws SQLException if the database cannot be asked
	 */
	public @Nullable TrackingReport check(Connection connection) throws SQLException {
		if (this.migrator.currentVersion(connection) == 0) {
			return null;
		}
		return new TableTracker(connection)
			.report(queryBoolean(connection, EVENT_TRIGGER_EXISTS) ? null : ONLY_SUPERUSER);
	}

	private boolean configure(Connection connection) throws SQLException {
		AdvisoryLock.acquire(connection, SCHEMA);
		try (PreparedStatement statement = connection.prepareStatement(CONFIGURE)) {
			statement.setString(1, this.settings.owner());
			statement.setArray(2, connection.createArrayOf("text", this.settings.include().toArray()));
			statement.setArray(3, connection.createArrayOf("text", this.settings.exclude().toArray()));
			statement.setString(4, this.settings.publication());
			statement.setBoolean(5, this.settings.sqlComments());
			statement.execute();
		}
		if (!this.settings.skipRoles().isEmpty()) {
			try (PreparedStatement statement = connection.prepareStatement(ALLOW_SKIP)) {
				statement.setArray(1, connection.createArrayOf("name", this.settings.skipRoles().toArray()));
				statement.execute();
			}
		}
		return true;
	}

	private static Optional<String> createEventTrigger(Connection connection) throws SQLException {
		if (queryBoolean(connection, EVENT_TRIGGER_EXISTS)) {
			return Optional.empty();
		}
		if (!queryBoolean(connection, IS_SUPERUSER)) {
			return Optional.of(ONLY_SUPERUSER);
		}
		AdvisoryLock.acquire(connection, SCHEMA);
		try (Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery(CREATE_EVENT_TRIGGER)) {
			rows.next();
			return Optional.ofNullable(rows.getString(1));
		}
	}

	private static boolean queryBoolean(Connection connection, String query) throws SQLException {
		try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(query)) {
			return rows.next() && rows.getBoolean(1);
		}
	}

	private SchemaMigrationException explain(Connection connection, SQLException cause) throws SQLException {
		String role = Identifiers.quote(Identifiers.currentUser(connection));
		String database = Identifiers.quote(connection.getCatalog());
		return new SchemaMigrationException(
				"Role %s may not set up tracking in database %s (%s). As a superuser or the owner of both type: GRANT CREATE ON DATABASE %s TO %s; GRANT USAGE ON SCHEMA bemi TO %s; GRANT SELECT, INSERT, UPDATE ON bemi.tracking TO %s;"
					.formatted(role, database, cause.getMessage(), database, role, role, role),
				cause);
	}

}
