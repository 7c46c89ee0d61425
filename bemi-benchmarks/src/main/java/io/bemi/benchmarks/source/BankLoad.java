package io.bemi.benchmarks.source;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import javax.sql.DataSource;

import io.bemi.benchmarks.process.Figures;
import io.bemi.context.BemiContext;

/**
 * A load like TPC-B's: each transaction changes an account, a teller and a branch, and
 * adds a row to the history.
 */
final class BankLoad {

	static final int CLIENTS = 4;

	static final int ACCOUNTS = Integer.getInteger("bemi.benchmarks.accounts", 100_000);

	static final int TELLERS = 100;

	static final int BRANCHES = 10;

	/** Rows that there are before. */
	static final int ROWS = ACCOUNTS + TELLERS + BRANCHES;

	/** Rows that one transaction changes. */
	static final int CHANGES = 4;

	static final String TABLES = """
			CREATE TABLE branches (id int PRIMARY KEY, balance int NOT NULL, filler char(88));
			CREATE TABLE tellers (id int PRIMARY KEY, branch int NOT NULL, balance int NOT NULL, filler char(84));
			CREATE TABLE accounts (id int PRIMARY KEY, branch int NOT NULL, balance int NOT NULL, filler char(84));
			CREATE TABLE history (teller int, branch int, account int, delta int, made_at timestamptz, filler char(22));
			INSERT INTO branches SELECT i, 0, '' FROM generate_series(1, %d) i;
			INSERT INTO tellers SELECT i, 1 + i %% 10, 0, '' FROM generate_series(1, %d) i;
			INSERT INTO accounts SELECT i, 1 + i %% 10, 0, '' FROM generate_series(1, %d) i;
			ALTER TABLE history REPLICA IDENTITY FULL
			""".formatted(BRANCHES, TELLERS, ACCOUNTS);

	private final DataSource dataSource;

	private final boolean contexts;

	private final AtomicLong next = new AtomicLong();

	private final double rate;

	private final long begun = System.nanoTime();

	private final long end;

	private BankLoad(DataSource dataSource, boolean contexts, double rate, double seconds) {
		this.dataSource = dataSource;
		this.contexts = contexts;
		this.rate = rate;
		this.end = this.begun + Math.round(seconds * 1e9);
	}

	/**
	 * Runs the load.
	 * @param dataSource where to
	 * @param contexts whether each transaction has a context
	 * @param rate transactions that begin in a second; 0 for as many as the clients can
	 * @param seconds how long
	 */
	static Result run(DataSource dataSource, boolean contexts, double rate, double seconds)
			throws InterruptedException, ExecutionException {
		ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
		try {
			BankLoad load = new BankLoad(dataSource, contexts, rate, seconds);
			List<Future<List<Double>>> clients = new ArrayList<>();
			for (int client = 0; client < CLIENTS; client++) {
				clients.add(threads.submit(load::client));
			}
			List<Double> latencies = new ArrayList<>();
			for (Future<List<Double>> client : clients) {
				latencies.addAll(client.get());
			}
			return new Result(latencies, (System.nanoTime() - load.begun) / 1e9);
		}
		finally {
			threads.shutdownNow();
		}
	}

	private List<Double> client() throws SQLException {
		List<Double> latencies = new ArrayList<>();
		Random random = new Random();
		for (long due = due(); due < this.end; due = due()) {
			for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
				LockSupport.parkNanos(left);
			}
			if (this.contexts) {
				try (BemiContext.Scope scope = BemiContext.open(Map.of("user", "alice@example.com", "tenant",
						"tenant 4711", "endpoint", "POST /transfers", "requestId", UUID.randomUUID().toString()))) {
					transact(random);
				}
			}
			else {
				transact(random);
			}
			latencies.add((System.nanoTime() - due) / 1e6);
		}
		return latencies;
	}

	/**
	 * When the next transaction begins, whether or not a client is free by then.
	 */
	private long due() {
		return (this.rate > 0) ? this.begun + Math.round(this.next.getAndIncrement() / this.rate * 1e9)
				: System.nanoTime();
	}

	private void transact(Random random) throws SQLException {
		int account = 1 + random.nextInt(ACCOUNTS);
		int teller = 1 + random.nextInt(TELLERS);
		int branch = 1 + random.nextInt(BRANCHES);
		int delta = random.nextInt(10_001) - 5_000;
		try (Connection connection = this.dataSource.getConnection()) {
			connection.setAutoCommit(false);
			update(connection, "UPDATE accounts SET balance = balance + ? WHERE id = ?", delta, account);
			try (PreparedStatement statement = connection
				.prepareStatement("SELECT balance FROM accounts WHERE id = ?")) {
				statement.setInt(1, account);
				try (ResultSet row = statement.executeQuery()) {
					row.next();
				}
			}
			update(connection, "UPDATE tellers SET balance = balance + ? WHERE id = ?", delta, teller);
			update(connection, "UPDATE branches SET balance = balance + ? WHERE id = ?", delta, branch);
			update(connection,
					"INSERT INTO history (teller, branch, account, delta, made_at) VALUES (?, ?, ?, ?, now())", teller,
					branch, account, delta);
			connection.commit();
		}
	}

	private static void update(Connection connection, String sql, int... parameters) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			for (int parameter = 0; parameter < parameters.length; parameter++) {
				statement.setInt(parameter + 1, parameters[parameter]);
			}
			statement.executeUpdate();
		}
	}

	/**
	 * What has come of it.
	 *
	 * @param latencies milliseconds of each transaction, from when it was due
	 * @param seconds how long all took
	 */
	record Result(List<Double> latencies, double seconds) {

		double perSecond() {
			return this.latencies.size() / this.seconds;
		}

		double p95() {
			return Figures.percentile(this.latencies, 95);
		}

	}

}
