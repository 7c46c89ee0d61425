package io.bemi.replication;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

import org.postgresql.Driver;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;

/**
 * Opens connections to the server itself. A pooler in between hands the server's sessions
 * around: what is set in one of them would be met by the application, and not by us.
 */
public final class DirectConnections {

	private static final String MARK = "-c bemi.direct=on";

	// Asked before anything is set.
	private static final String WHO_ANSWERS = """
			SELECT pg_catalog.pg_backend_pid(), pg_catalog.current_setting('bemi.direct', true)""";

	private static final String PROTOCOL_VIOLATION = "08P01";

	private DirectConnections() {
	}

	/**
	 * Opens a connection.
	 * @param url where to
	 * @param properties the driver's properties
	 * @param property the name of the property to set when the URL does not lead to a
	 * PostgreSQL server
	 * @return a connection that the caller closes
	 * @throws ReplicationException when the URL is no PostgreSQL's, or leads to a pooler
	 * @throws SQLException when the server cannot be reached
	 */
	public static Connection open(String url, Properties properties, String property) throws SQLException {
		Properties marked = new Properties();
		marked.putAll(properties);
		PGProperty.OPTIONS.set(marked, MARK);
		Connection connection = connect(url, marked, property);
		try {
			if (isPooled(connection)) {
				throw pooler(property, null);
			}
			return connection;
		}
		catch (SQLException | RuntimeException ex) {
			connection.close();
			throw ex;
		}
	}

	/**
	 * Not by DriverManager: its message for a URL that no driver takes quotes the URL,
	 * perhaps with a password.
	 */
	private static Connection connect(String url, Properties properties, String property) throws SQLException {
		try {
			Connection connection = new Driver().connect(url, properties);
			if (connection == null) {
				throw new ReplicationException("'" + property + "' must begin with jdbc:postgresql:", null);
			}
			return connection;
		}
		catch (SQLException ex) {
			// Poolers refuse the startup parameters that they do not know.
			if (PROTOCOL_VIOLATION.equals(ex.getSQLState())
					&& String.valueOf(ex.getMessage()).contains("startup parameter")) {
				throw pooler(property, ex);
			}
			throw ex;
		}
	}

	/**
	 * A pooler makes up the process id that it tells its clients. So do some hosts that
	 * keep to one session per connection, but the session is then the one asked for.
	 */
	private static boolean isPooled(Connection connection) throws SQLException {
		int told = connection.unwrap(PGConnection.class).getBackendPID();
		try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(WHO_ANSWERS)) {
			row.next();
			return row.getInt(1) != told && row.getString(2) == null;
		}
	}

	/**
	 * Whether a connection leads to a hot standby. The server says so by itself, so it is
	 * not asked.
	 * @param connection a connection of the driver
	 * @throws SQLException when the connection is none of the driver's
	 */
	public static boolean isStandby(Connection connection) throws SQLException {
		return "on".equals(connection.unwrap(PGConnection.class).getParameterStatus("in_hot_standby"));
	}

	private static ReplicationException pooler(String property, @org.jspecify.annotations.Nullable SQLException cause) {
		return new ReplicationException("The connection leads to a pooler, such as PgBouncer. Name the server itself in"
				+ " '" + property + "'", cause);
	}

}
