package io.bemi.benchmarks;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.bemi.query.Changes;
import io.bemi.timetravel.TimeTravel;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * 500 000 changes of a table, recorded by the application that made them, of which 50 000
 * rows are left.
 *
 * @param middle a transaction in the middle of them
 * @param last the last transaction
 */
record AsOfHistory(long middle, long last) {

	static final int LIVE = Integer.getInteger("bemi.benchmarks.live", 50_000);

	static final int CUSTOMERS = LIVE / 10;

	/** What is deleted at the end, in addition. */
	private static final int DELETED = LIVE / 10;

	/** With the INSERTs and the DELETEs, ten changes for each row that is left. */
	private static final int UPDATES = 10 * LIVE - LIVE - 2 * DELETED;

	private static final int PER_TRANSACTION = 1_000;

	static void createTables(String url) throws SQLException {
		try (Connection connection = DriverManager.getConnection(url, "postgres", "postgres");
				Statement statement = connection.createStatement()) {
			statement.execute("CREATE TABLE customer (id bigint PRIMARY KEY, name text)");
			statement.execute("CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customer,"
					+ " status varchar(20), amount numeric(12, 2), note text, paid boolean NOT NULL, changed_at timestamptz)");
			statement.execute("CREATE INDEX ON orders (customer_id)");
		}
	}

	/**
	 * Makes the changes, and waits until they are recorded and can be read.
	 */
	static AsOfHistory record(ApplicationContext application) {
		JdbcTemplate jdbc = application.getBean(JdbcTemplate.class);
		TransactionTemplate transactions = new TransactionTemplate(
				application.getBean(PlatformTransactionManager.class));
		transact(transactions, jdbc,
				"INSERT INTO customer SELECT i, 'customer ' || i FROM generate_series(1, " + CUSTOMERS + ") i");
		int rows = LIVE + DELETED;
		for (int from = 1; from <= rows; from += PER_TRANSACTION) {
			transact(transactions, jdbc, """
					INSERT INTO orders
					SELECT i, 1 + i %% %d, 'new', i %% 1000, md5(i::text), false, now() FROM generate_series(%d, %d) i
					""".formatted(CUSTOMERS, from, Math.min(rows, from + PER_TRANSACTION - 1)));
		}
		long middle = 0;
		for (int made = 0; made < UPDATES; made += PER_TRANSACTION) {
			// Every row in its turn, neighbours far apart.
			long id = transact(transactions, jdbc,
					"""
							UPDATE orders SET amount = amount + 1, status = 'status ' || %1$d %% 7, paid = %1$d %% 2 = 0, changed_at = now()
							 WHERE id IN (SELECT 1 + (i::bigint * 7919) %% %2$d FROM generate_series(%3$d, %4$d) i)
							"""
						.formatted(made / PER_TRANSACTION, rows, made, Math.min(UPDATES, made + PER_TRANSACTION) - 1));
			middle = (made < UPDATES / 2) ? id : middle;
		}
		long last = transact(transactions, jdbc, "DELETE FROM orders WHERE id > " + LIVE);
		application.getBean(Changes.class).awaitIngested(Duration.ofMinutes(3));
		application.getBean(TimeTravel.class).prepare();
		// As autovacuum does soon.
		jdbc.execute("VACUUM (ANALYZE)");
		AsOfHistory history = new AsOfHistory(middle, last);
		history.check(application);
		return history;
	}

	private static long transact(TransactionTemplate transactions, JdbcTemplate jdbc, String sql) {
		return Objects.requireNonNull(transactions.execute((status) -> {
			jdbc.update(sql);
			return Objects.requireNonNull(jdbc.queryForObject("SELECT pg_current_xact_id()::text::bigint", Long.class));
		}));
	}

	/**
	 * That the past which is measured is the right one.
	 */
	private void check(ApplicationContext application) {
		List<Map<String, Object>> present = AsOfQuestion.rows(application);
		List<Map<String, Object>> past = application.getBean(TimeTravel.class)
			.at(this.last, () -> AsOfQuestion.rows(application));
		long changes = application.getBean(Changes.class).query().table("orders").count();
		if (!past.equals(present) || present.size() != LIVE || changes != 10L * LIVE) {
			throw new IllegalStateException("The past has " + past.size() + " rows of " + changes
					+ " changes, the present " + present.size() + ", and they must be equal");
		}
	}

}
