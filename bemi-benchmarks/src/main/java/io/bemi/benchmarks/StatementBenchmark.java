package io.bemi.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.bemi.context.BemiContext;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One statement inside a transaction whose context does not change. An UPDATE finds no
 * row, so that a transaction can go on forever.
 */
@SuppressWarnings("NullAway.Init")
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StatementBenchmark {

	private static final int BATCH = 10;

	private static final int ROWS = 10;

	private static final String UPDATE = "UPDATE item SET name = ? WHERE id = ?";

	@Param({ "bare", "bemi" })
	String side = "bare";

	@Param({ "stub", "server" })
	String driver = "stub";

	private BemiContext.Scope scope;

	private Connection connection;

	private PreparedStatement update;

	private PreparedStatement query;

	private PreparedStatement rows;

	private Statement statement;

	@Setup
	public void open() throws SQLException {
		this.scope = BemiContext.open(Map.of("user", "alice"));
		this.connection = Side.dataSource(this.side, this.driver).getConnection();
		this.connection.createStatement().execute("SELECT 1");
		this.connection.setAutoCommit(false);
		this.update = this.connection.prepareStatement(UPDATE);
		this.query = this.connection.prepareStatement("SELECT id FROM item WHERE id = ?");
		this.rows = this.connection.prepareStatement("SELECT g, g, g, g, g FROM generate_series(1, ?) AS g");
		this.statement = this.connection.createStatement();
		this.statement.execute("SELECT 1");
	}

	@TearDown
	public void close() throws SQLException {
		this.connection.rollback();
		this.connection.close();
		this.scope.close();
	}

	@Benchmark
	public int update() throws SQLException {
		this.update.setString(1, "x");
		this.update.setLong(2, -1);
		return this.update.executeUpdate();
	}

	@Benchmark
	public long query() throws SQLException {
		this.query.setLong(1, 1);
		try (ResultSet rows = this.query.executeQuery()) {
			return rows.next() ? rows.getLong(1) : 0;
		}
	}

	@Benchmark
	public long rows() throws SQLException {
		this.rows.setInt(1, ROWS);
		long sum = 0;
		try (ResultSet rows = this.rows.executeQuery()) {
			// Counted, because the stub's rows never end.
			for (int row = 0; row < ROWS && rows.next(); row++) {
				for (int column = 1; column <= 5; column++) {
					sum += rows.getLong(column);
				}
			}
		}
		return sum;
	}

	@Benchmark
	public boolean text() throws SQLException {
		return this.statement.execute("UPDATE item SET name = 'x' WHERE id = -1");
	}

	@Benchmark
	@OperationsPerInvocation(BATCH)
	public int[] batch() throws SQLException {
		for (int i = 0; i < BATCH; i++) {
			this.update.setString(1, "x");
			this.update.setLong(2, -1);
			this.update.addBatch();
		}
		return this.update.executeBatch();
	}

	@Benchmark
	public int prepareAndUpdate() throws SQLException {
		try (PreparedStatement prepared = this.connection.prepareStatement(UPDATE)) {
			prepared.setString(1, "x");
			prepared.setLong(2, -1);
			return prepared.executeUpdate();
		}
	}

}
