package io.bemi.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import javax.sql.DataSource;

import io.bemi.connection.BemiDataSource;
import io.bemi.context.BemiContext;

/**
 * Transactions at a fixed rate over several connections, each with one row and a context;
 * and a reader that takes note of when it sees each row. It reads on from the last
 * position, along the index, every two milliseconds.
 */
final class LagRound {

	static final String TABLE = "CREATE TABLE stamps (id bigint PRIMARY KEY, nanos bigint, note text)";

	private static final String INSERT = "INSERT INTO stamps VALUES (?, ?, 'note')";

	private static final String NEW = """
			SELECT primary_key, position FROM bemi.change WHERE position > ?::pg_lsn AND operation = 'C' ORDER BY position
			""";

	private static final String LAST = "SELECT coalesce(max(position), '0/0') FROM bemi.change";

	private static final int CONNECTIONS = 8;

	private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

	private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

	private final DataSource plain;

	private final DataSource wrapped;

	private int used;

	LagRound(DataSource plain) {
		this.plain = plain;
		this.wrapped = new BemiDataSource(plain);
	}

	Lag run(int rate, int seconds) throws SQLException, InterruptedException, ExecutionException {
		int first = this.used;
		long[] committed = new long[rate * seconds];
		long[] seen = new long[rate * seconds];
		this.used += committed.length;
		ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
		try (Connection reader = this.plain.getConnection()) {
			String position = last(reader);
			long begun = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
			List<Future<?>> writers = new ArrayList<>();
			for (int i = 0; i < CONNECTIONS; i++) {
				int offset = i;
				writers.add(threads.submit(() -> BemiContext.call(Map.of("user", "user-" + offset), () -> {
					write(first, offset, rate, begun, committed);
					return true;
				})));
			}
			read(reader, position, first, seen);
			for (Future<?> writer : writers) {
				writer.get();
			}
			return lag(begun, committed, seen);
		}
		finally {
			threads.shutdownNow();
		}
	}

	private void write(int first, int offset, int rate, long begun, long[] committed) throws SQLException {
		try (Connection connection = this.wrapped.getConnection();
				PreparedStatement insert = connection.prepareStatement(INSERT)) {
			connection.setAutoCommit(false);
			for (int i = offset; i < committed.length; i += CONNECTIONS) {
				await(begun + i * TimeUnit.SECONDS.toNanos(1) / rate);
				insert.setLong(1, first + i);
				insert.setLong(2, System.nanoTime());
				insert.executeUpdate();
				connection.commit();
				committed[i] = System.nanoTime();
			}
		}
	}

	private static void await(long moment) {
		for (long left = moment - System.nanoTime(); left > 0; left = moment - System.nanoTime()) {
			LockSupport.parkNanos(left);
		}
	}

	private static void read(Connection reader, String from, int first, long[] seen) throws SQLException {
		String position = from;
		long readAt = System.nanoTime();
		try (PreparedStatement statement = reader.prepareStatement(NEW)) {
			for (int rows = 0; rows < seen.length;) {
				statement.setString(1, position);
				try (ResultSet row = statement.executeQuery()) {
					long now = System.nanoTime();
					while (row.next()) {
						seen[(int) row.getLong(1) - first] = now;
						position = row.getString(2);
						readAt = now;
						rows++;
					}
				}
				if (System.nanoTime() - readAt > PATIENCE_NANOS) {
					throw new IllegalStateException("Only " + rows + " of " + seen.length + " rows are seen");
				}
				LockSupport.parkNanos(POLL_NANOS);
			}
		}
	}

	private static String last(Connection reader) throws SQLException {
		try (PreparedStatement statement = reader.prepareStatement(LAST); ResultSet row = statement.executeQuery()) {
			row.next();
			return row.getString(1);
		}
	}

	private static Lag lag(long begun, long[] committed, long[] seen) {
		List<Double> millis = new ArrayList<>();
		long end = begun;
		for (int i = 0; i < committed.length; i++) {
			// Who commits may be told later than who reads.
			millis.add(Math.max(0, seen[i] - committed[i]) / 1e6);
			end = Math.max(end, committed[i]);
		}
		return new Lag(committed.length * 1e9 / (end - begun), millis);
	}

}
