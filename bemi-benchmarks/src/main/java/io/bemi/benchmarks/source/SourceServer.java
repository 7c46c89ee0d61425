package io.bemi.benchmarks.source;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import io.bemi.benchmarks.process.ProcessTimes;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL server of one side's own, so that nobody else's log and processes are in
 * its figures.
 */
final class SourceServer implements AutoCloseable {

	private static final String PROCESS = "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)";

	private final EmbeddedPostgres server;

	private final long pid;

	private SourceServer(EmbeddedPostgres server, long pid) {
		this.server = server;
		this.pid = pid;
	}

	/**
	 * Starts one. Checkpoints would meet one side or the other by chance: there is none.
	 */
	static SourceServer start() throws IOException, SQLException {
		EmbeddedPostgres server = EmbeddedPostgres.builder()
			.setServerConfig("wal_level", "logical")
			.setServerConfig("fsync", "on")
			.setServerConfig("synchronous_commit", "on")
			.setServerConfig("shared_buffers", "256MB")
			.setServerConfig("max_wal_size", "8GB")
			.setServerConfig("checkpoint_timeout", "1h")
			.start();
		try {
			return new SourceServer(server, Long.parseLong(query(server, PROCESS)));
		}
		catch (SQLException | RuntimeException ex) {
			server.close();
			throw ex;
		}
	}

	String url() {
		return this.server.getJdbcUrl("postgres", "postgres");
	}

	PGSimpleDataSource database() {
		return (PGSimpleDataSource) this.server.getPostgresDatabase();
	}

	void execute(String sql) throws SQLException {
		try (Connection connection = database().getConnection(); Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	long count(String sql) throws SQLException {
		return Long.parseLong(query(this.server, sql));
	}

	/**
	 * How many bytes of log were ever written.
	 */
	long logBytes() throws SQLException {
		return count("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint");
	}

	/**
	 * Processor seconds of all its processes.
	 */
	double seconds() throws IOException {
		return ProcessTimes.ofFamily(this.pid);
	}

	private static String query(EmbeddedPostgres server, String sql) throws SQLException {
		try (Connection connection = server.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery(sql)) {
			row.next();
			return row.getString(1);
		}
	}

	@Override
	public void close() throws IOException {
		this.server.close();
	}

}
