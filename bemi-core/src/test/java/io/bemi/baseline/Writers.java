package io.bemi.baseline;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import io.bemi.testsupport.TestDatabase;

/**
 * Sessions that change the rows of a table at a steady rate.
 */
final class Writers implements AutoCloseable {

	private static final int SESSIONS = 4;

	private final TestDatabase database;

	private final long rows;

	private final long nanosBetween;

	private final AtomicLong transactions = new AtomicLong();

	private final AtomicLong nextKey;

	private final ExecutorService executor = Executors.newFixedThreadPool(SESSIONS);

	private final List<Future<?>> sessions = new ArrayList<>();

	private volatile boolean stopped;

	Writers(TestDatabase database, long rows, int perSecond) {
		this.database = database;
		this.rows = rows;
		this.nanosBetween = TimeUnit.SECONDS.toNanos(SESSIONS) / perSecond;
		this.nextKey = new AtomicLong(rows + 1);
	}

	void start() {
		for (int session = 0; session < SESSIONS; session++) {
			Random random = new Random(session);
			this.sessions.add(this.executor.submit(() -> {
				write(random);
				return null;
			}));
		}
	}

	private void write(Random random) throws SQLException {
		try (Connection connection = this.database.connect(); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			long next = System.nanoTime();
			while (!this.stopped) {
				statement.execute(change(random));
				if (random.nextInt(20) == 0) {
					connection.rollback();
				}
				else {
					connection.commit();
				}
				this.transactions.incrementAndGet();
				next += this.nanosBetween;
				LockSupport.parkNanos(Math.max(0, next - System.nanoTime()));
			}
		}
	}

	private String change(Random random) {
		long id = 1 + random.nextLong(this.rows);
		return switch (random.nextInt(10)) {
			case 0 -> "INSERT INTO account VALUES (%d, 'new', 1, repeat('n', 3000))"
				.formatted(this.nextKey.incrementAndGet());
			case 1 -> "DELETE FROM account WHERE id = %d".formatted(id);
			// Away from where it is, and back into what is free.
			case 2 ->
				"UPDATE account SET id = %d WHERE id = (SELECT id FROM account WHERE id > %d AND document IS NULL ORDER BY id LIMIT 1)"
					.formatted(this.nextKey.incrementAndGet(), id);
			case 3 -> "INSERT INTO account VALUES (%d, 'again', 2) ON CONFLICT DO NOTHING".formatted(id);
			case 4 -> "UPDATE account SET document = repeat(md5(id::text), 100) WHERE id = %d".formatted(id);
			default -> "UPDATE account SET balance = balance + 1 WHERE id BETWEEN %d AND %d".formatted(id, id + 1);
		};
	}

	long transactions() {
		return this.transactions.get();
	}

	/**
	 * Ends the sessions, and fails when one has failed.
	 */
	void stop() throws Exception {
		this.stopped = true;
		for (Future<?> session : this.sessions) {
			session.get(10, TimeUnit.SECONDS);
		}
	}

	@Override
	public void close() {
		this.stopped = true;
		this.executor.shutdownNow();
	}

}
