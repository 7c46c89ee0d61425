package io.bemi.testsupport;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import org.postgresql.ds.PGSimpleDataSource;

/**
 * A database of one test class, dropped with its slots on close.
 *
 * @param server where it is
 * @param name its name
 */
public record TestDatabase(PostgresServer server, String name) implements AutoCloseable {

	public String url() {
		return this.server.url(this.name);
	}

	/**
	 * A plain connection that no proxy has touched.
	 */
	public Connection connect() throws SQLException {
		return DriverManager.getConnection(url(), this.server.username(), this.server.password());
	}

	/**
	 * A plain data source without a pool.
	 */
	public DataSource dataSource() {
		PGSimpleDataSource dataSource = new PGSimpleDataSource();
		dataSource.setUrl(url());
		dataSource.setUser(this.server.username());
		dataSource.setPassword(this.server.password());
		return dataSource;
	}

	/**
	 * Runs statements, one transaction each, on a connection of their own.
	 */
	public void execute(String... statements) {
		try (Connection connection = connect(); Statement statement = connection.createStatement()) {
			for (String sql : statements) {
				statement.execute(sql);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * The rows of a query, their columns as text joined by {@code |}, nulls as
	 * {@code null}.
	 */
	public List<String> query(String sql) {
		try (Connection connection = connect();
				Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery(sql)) {
			List<String> result = new ArrayList<>();
			while (rows.next()) {
				StringBuilder line = new StringBuilder();
				for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
					line.append((column > 1) ? "|" : "").append(rows.getString(column));
				}
				result.add(line.toString());
			}
			return result;
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		try (Connection connection = DriverManager.getConnection(this.server.url("postgres"), this.server.username(),
				this.server.password()); Statement statement = connection.createStatement()) {
			statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + this.name
					+ "' AND pid <> pg_backend_pid()");
			// A walsender may need a moment to let go of its slot.
			for (int attempt = 0; attempt < 50; attempt++) {
				try {
					statement.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
							+ " WHERE database = '" + this.name + "'");
					break;
				}
				catch (SQLException ex) {
					statement.execute("SELECT pg_sleep(0.1)");
				}
			}
			statement.execute("DROP DATABASE IF EXISTS " + this.name + " WITH (FORCE)");
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
