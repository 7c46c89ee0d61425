package io.bemi.faults;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import javax.sql.DataSource;

import io.bemi.connection.BemiDataSource;
import io.bemi.context.BemiContext;
import io.bemi.testsupport.TcpProxy;
import io.bemi.testsupport.TestDatabase;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Sessions that write in different ways until they are stopped. One that loses its
 * connection opens another: what became of its transaction the database knows.
 */
final class Load implements AutoCloseable {

	private final AtomicLong nextId = new AtomicLong(1_000);

	private final AtomicLong nextMark = new AtomicLong();

	private final AtomicLong lostConnections = new AtomicLong();

	private final AtomicLong refused = new AtomicLong();

	private final AtomicLong twoPhaseCommits = new AtomicLong();

	private final TestDatabase database;

	private final DataSource plain;

	private final DataSource proxied;

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final List<Future<?>> sessions = new ArrayList<>();

	private volatile boolean stopped;

	Load(TestDatabase database, TcpProxy wire) {
		this.database = database;
		PGSimpleDataSource source = new PGSimpleDataSource();
		source.setUrl("jdbc:postgresql://localhost:" + wire.port() + "/" + database.name());
		source.setUser(database.server().username());
		source.setPassword(database.server().password());
		source.setConnectTimeout(5);
		source.setSocketTimeout(20);
		source.setOptions("-c lock_timeout=2s");
		this.plain = source;
		this.proxied = new BemiDataSource(source);
	}

	void start(long seed) {
		start(seed, this.proxied, this::shortTransaction, 5);
		start(seed + 1, this.proxied, this::shortTransaction, 10);
		start(seed + 2, this.proxied, this::longTransaction, 20);
		start(seed + 3, this.plain, this::longTransaction, 20);
		start(seed + 4, this.proxied, this::singleStatement, 3);
		start(seed + 5, this.plain, this::singleStatement, 3);
		start(seed + 6, this.proxied, this::twoPhases, 50);
		start(seed + 7, this.plain, this::twoPhases, 50);
		start(seed + 8, this.proxied, this::largeTransaction, 4_000);
	}

	private void start(long seed, DataSource source, Work work, int pause) {
		Random random = new Random(seed);
		boolean plain = source == this.plain;
		this.sessions.add(this.executor.submit(() -> {
			while (!this.stopped) {
				try (Connection connection = source.getConnection()) {
					while (!this.stopped) {
						run(new Session(connection, random, plain), work);
						pause(random.nextInt(2 * pause));
					}
				}
				catch (SQLException ex) {
					this.lostConnections.incrementAndGet();
					pause(100);
				}
			}
		}));
	}

	private void pause(long milliseconds) {
		long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
		while (!this.stopped && System.nanoTime() < end) {
			LockSupport.parkNanos(Math.min(end - System.nanoTime(), TimeUnit.MILLISECONDS.toNanos(50)));
		}
	}

	private void run(Session session, Work work) throws SQLException {
		try {
			work.run(session);
		}
		catch (SQLException ex) {
			// A deadlock, a lock that was not given, a key that is taken: not this time.
			if (String.valueOf(ex.getSQLState()).startsWith("08") || session.connection.isClosed()) {
				throw ex;
			}
			this.refused.incrementAndGet();
			if (!session.connection.getAutoCommit()) {
				session.connection.rollback();
			}
		}
		session.connection.setAutoCommit(true);
	}

	private void singleStatement(Session session) throws SQLException {
		session.change();
	}

	private void shortTransaction(Session session) throws SQLException {
		session.connection.setAutoCommit(false);
		int changes = 1 + session.random.nextInt(4);
		for (int i = 0; i < changes; i++) {
			session.change();
		}
		end(session);
	}

	private void longTransaction(Session session) throws SQLException {
		session.connection.setAutoCommit(false);
		int changes = 3 + session.random.nextInt(10);
		for (int i = 0; i < changes; i++) {
			if (session.random.nextInt(3) == 0) {
				Savepoint savepoint = session.connection.setSavepoint();
				session.change();
				if (session.random.nextBoolean()) {
					session.connection.rollback(savepoint);
				}
			}
			session.change();
			pause(session.random.nextInt(200));
		}
		end(session);
	}

	private void end(Session session) throws SQLException {
		if (session.random.nextInt(8) == 0) {
			session.connection.rollback();
		}
		else {
			session.connection.commit();
		}
	}

	private void twoPhases(Session session) throws SQLException {
		finishPrepared(session);
		session.connection.setAutoCommit(false);
		int changes = 1 + session.random.nextInt(5);
		for (int i = 0; i < changes; i++) {
			session.change();
		}
		try (Statement statement = session.connection.createStatement()) {
			statement
				.execute("PREPARE TRANSACTION '" + this.database.name() + "-" + this.nextId.incrementAndGet() + "'");
		}
		session.connection.setAutoCommit(true);
		pause(session.random.nextInt(1_000));
	}

	/**
	 * Also what another session, or one before a crash, has left.
	 */
	private void finishPrepared(Session session) throws SQLException {
		List<String> prepared = new ArrayList<>();
		try (Statement statement = session.connection.createStatement();
				ResultSet rows = statement
					.executeQuery("SELECT gid FROM pg_prepared_xacts WHERE database = current_database()")) {
			while (rows.next()) {
				prepared.add(rows.getString(1));
			}
		}
		for (String gid : prepared) {
			boolean commit = session.random.nextInt(5) > 0;
			try (Statement statement = session.connection.createStatement()) {
				statement.execute((commit ? "COMMIT" : "ROLLBACK") + " PREPARED '" + gid + "'");
				this.twoPhaseCommits.addAndGet(commit ? 1 : 0);
			}
		}
	}

	private void largeTransaction(Session session) throws SQLException {
		session.connection.setAutoCommit(false);
		int rows = 2_000 + session.random.nextInt(12_000);
		long first = this.nextId.getAndAdd(rows);
		session
			.execute("INSERT INTO bulk SELECT i, 0 FROM generate_series(" + first + ", " + (first + rows - 1) + ") i");
		Savepoint savepoint = session.connection.setSavepoint();
		session.execute("UPDATE bulk SET n = n + 1 WHERE id % 2 = 0");
		if (session.random.nextBoolean()) {
			session.connection.rollback(savepoint);
		}
		session.execute("DELETE FROM bulk WHERE id < " + (first - 3_000));
		end(session);
	}

	/**
	 * Writes the last change, after everything else is done.
	 * @return the id of a row of {@code item}
	 */
	long finish() throws Exception {
		stop();
		long barrier = this.nextId.incrementAndGet();
		try (Connection connection = this.database.connect()) {
			Session session = new Session(connection, new Random(0), true);
			finishPrepared(session);
			session.execute("INSERT INTO item VALUES (" + barrier + ", 0, NULL)");
		}
		return barrier;
	}

	private void stop() throws Exception {
		this.stopped = true;
		for (Future<?> session : this.sessions) {
			session.get(60, TimeUnit.SECONDS);
		}
		this.sessions.clear();
	}

	long twoPhaseCommits() {
		return this.twoPhaseCommits.get();
	}

	/**
	 * What became of it all, in some words.
	 */
	@Override
	public String toString() {
		return "%d two-phase commits, %d transactions refused, %d connections lost".formatted(twoPhaseCommits(),
				this.refused.get(), this.lostConnections.get());
	}

	@Override
	public void close() {
		this.stopped = true;
		this.executor.shutdownNow();
	}

	private interface Work {

		void run(Session session) throws SQLException;

	}

	/**
	 * A connection that says in a setting, for the truth, under which context each
	 * statement runs.
	 */
	private final class Session {

		private final Connection connection;

		private final Random random;

		private final boolean plain;

		Session(Connection connection, Random random, boolean plain) {
			this.connection = connection;
			this.random = random;
			this.plain = plain;
		}

		void change() throws SQLException {
			execute(statement());
		}

		private String statement() {
			long id = Load.this.nextId.incrementAndGet();
			long some = Math.max(1, id - this.random.nextInt(300));
			String row = "(SELECT id FROM item WHERE id >= " + some + " ORDER BY id LIMIT 1)";
			int small = this.random.nextInt(40);
			return switch (this.random.nextInt(12)) {
				case 0, 1 -> "INSERT INTO item VALUES (" + id + ", 0, 'short')";
				case 2 -> "INSERT INTO item SELECT " + id + ", 1, string_agg(md5((" + id
						+ " * i)::text), '') FROM generate_series(1, 120) i";
				case 3, 4 -> "UPDATE item SET n = n + 1 WHERE id = " + row;
				case 5 -> "UPDATE item SET body = repeat('" + id + "', 1000) WHERE id = " + row;
				case 6 -> "UPDATE item SET id = " + id + " WHERE id = " + row;
				case 7 -> "DELETE FROM item WHERE id = " + row;
				case 8 ->
					"INSERT INTO pair VALUES (" + small + ", 'b', 0) ON CONFLICT (a, b) DO UPDATE SET n = pair.n + 1";
				case 9 -> "DELETE FROM pair WHERE a = " + small;
				case 10 -> "INSERT INTO whole VALUES (" + small
						+ ", 0, repeat('w', 3000)) ON CONFLICT (id) DO UPDATE SET n = whole.n + 1";
				default -> "UPDATE whole SET n = n + 1 WHERE id BETWEEN " + small + " AND " + (small + 3);
			};
		}

		void execute(String sql) throws SQLException {
			String mark = "m" + Load.this.nextMark.incrementAndGet();
			String context = this.plain ? "{\"mark\": \"" + mark + "\"}" : "";
			try (BemiContext.Scope scope = BemiContext.open(Map.of("mark", mark))) {
				try (PreparedStatement statement = this.connection.prepareStatement(
						"SELECT set_config('truth.mark', ?, false), set_config('bemi.context', ?, false)")) {
					statement.setString(1, mark);
					statement.setString(2, context);
					statement.execute();
				}
				try (Statement statement = this.connection.createStatement()) {
					statement.execute(sql);
				}
			}
		}

	}

}
