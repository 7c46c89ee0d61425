package io.bemi.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import io.bemi.connection.BemiDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The two sides of a comparison, over either of two drivers.
 */
final class Side {

	/** Where the loopback server is, in the name of a system property. */
	static final String URL = "bemi.benchmarks.url";

	private Side() {
	}

	/**
	 * A data source.
	 * @param side {@code bare} or {@code bemi}
	 * @param driver {@code stub} or {@code server}
	 */
	static DataSource dataSource(String side, String driver) {
		DataSource bare = driver.equals("stub") ? StubDriver.dataSource() : server();
		return side.equals("bemi") ? new BemiDataSource(bare) : bare;
	}

	private static DataSource server() {
		PGSimpleDataSource dataSource = new PGSimpleDataSource();
		dataSource.setUrl(System.getProperty(URL));
		try (Connection connection = dataSource.getConnection(); Statement statement = connection.createStatement()) {
			statement.execute("CREATE TABLE IF NOT EXISTS item (id bigint PRIMARY KEY, name text)");
			statement.execute("INSERT INTO item SELECT i, 'x' FROM generate_series(1, 100) i ON CONFLICT DO NOTHING");
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		return dataSource;
	}

}
