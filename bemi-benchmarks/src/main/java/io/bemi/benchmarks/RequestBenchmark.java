package io.bemi.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A request with one transaction that is read-only: its providers are not asked, and no
 * JSON is built.
 */
@SuppressWarnings("NullAway.Init")
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RequestBenchmark {

	@Param({ "bare", "bemi" })
	String side = "bare";

	@Param({ "stub", "server" })
	String driver = "stub";

	private final Requests requests = new Requests();

	private Connection physical;

	private DataSource dataSource;

	@Setup
	public void open() throws SQLException {
		this.physical = Side.dataSource("bare", this.driver).getConnection();
		// A pool that costs nothing.
		DataSource pool = new OneConnection(this.physical);
		this.dataSource = this.side.equals("bemi") ? new io.bemi.connection.BemiDataSource(pool) : pool;
	}

	@TearDown
	public void close() throws SQLException {
		this.physical.close();
	}

	@Benchmark
	public long readOnly() throws SQLException {
		if (this.side.equals("bare")) {
			return read();
		}
		try (var scope = this.requests.open()) {
			return read();
		}
	}

	private long read() throws SQLException {
		Connection connection = this.dataSource.getConnection();
		connection.setReadOnly(true);
		connection.setAutoCommit(false);
		long sum = select(connection, 1) + select(connection, 2);
		connection.commit();
		connection.setAutoCommit(true);
		connection.setReadOnly(false);
		return sum;
	}

	private static long select(Connection connection, long id) throws SQLException {
		try (PreparedStatement query = connection.prepareStatement("SELECT id FROM item WHERE id = ?")) {
			query.setLong(1, id);
			try (ResultSet rows = query.executeQuery()) {
				return rows.next() ? rows.getLong(1) : 0;
			}
		}
	}

	/** How often the providers were asked. */
	int asked() {
		return this.requests.asked();
	}

}
