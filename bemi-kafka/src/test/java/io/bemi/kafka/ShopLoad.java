package io.bemi.kafka;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

import io.bemi.testsupport.TestDatabase;

/**
 * Writers of four tables: keys that change, large values that stay the same, rows that
 * are rolled back, several contexts in a transaction, and transactions of all sizes.
 */
final class ShopLoad {

	static final String[] TABLES = {
			"""
					CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL DEFAULT 'none', price numeric(12, 3), tags text[],
					    data jsonb, changed timestamptz DEFAULT clock_timestamp(), photo bytea, code uuid DEFAULT gen_random_uuid())
					""",
			"CREATE TYPE state AS ENUM ('new', 'paid', 'sent')",
			"""
					CREATE TABLE "Order Line" ("order" int, line int, quantity double precision, state state DEFAULT 'new',
					    due date, note text, PRIMARY KEY ("order", line))
					""",
			"CREATE TABLE event (at timestamp, what text, period tstzrange, wait interval)",
			"ALTER TABLE event REPLICA IDENTITY FULL",
			"CREATE TABLE stock (id bigint PRIMARY KEY, amount int NOT NULL, level real DEFAULT 0.1)",
			"ALTER TABLE stock REPLICA IDENTITY FULL" };

	private final TestDatabase database;

	private final AtomicLong changes = new AtomicLong();

	ShopLoad(TestDatabase database) {
		this.database = database;
	}

	long changes() {
		return this.changes.get();
	}

	/**
	 * Starts a writer of so many changes at least.
	 */
	Thread start(int writer, long count) {
		Thread thread = new Thread(() -> {
			try (Connection connection = this.database.connect()) {
				connection.setAutoCommit(false);
				Random random = new Random(writer);
				long written = 0;
				for (int number = 0; written < count; number++) {
					int size = (number % 500 == 499) ? 8_000 : 1 + random.nextInt(60);
					transaction(connection, random, writer, number, Math.min(size, (int) (count - written) + 1));
					written += size;
				}
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		}, "load-" + writer);
		thread.start();
		return thread;
	}

	private void transaction(Connection connection, Random random, int writer, int number, int size)
			throws SQLException {
		try (Statement statement = connection.createStatement()) {
			int first = writer * 1_000_000_000 + number * 3_000;
			int third = Math.max(1, size / 3);
			write(statement,
					"INSERT INTO item (id, price, tags, data, photo) SELECT %1$d + i, i * 1.25, ARRAY['a', NULL, 'b\"' || i], jsonb_build_object('n', i, 'x', 1.50), decode(md5(i::text), 'hex') FROM generate_series(1, %2$d) i"
						.formatted(first, third));
			message(statement, writer, number, 1);
			Savepoint savepoint = connection.setSavepoint();
			statement
				.execute("UPDATE item SET name = 'gone' WHERE id > %d AND id <= %d".formatted(first, first + third));
			if (random.nextBoolean()) {
				connection.rollback(savepoint);
			}
			else {
				this.changes.addAndGet(third);
			}
			write(statement,
					"INSERT INTO \"Order Line\" SELECT %1$d, i, i / 7.0, 'paid', DATE '2026-01-01' + i, CASE WHEN i = 1 THEN repeat(md5(random()::text), 100) END FROM generate_series(1, %2$d) i"
						.formatted(first, third));
			write(statement,
					"INSERT INTO event VALUES (clock_timestamp(), 'w%d', tstzrange(now(), NULL), '%d s'::interval)"
						.formatted(number, size));
			message(statement, writer, number, 2);
			write(statement, "UPDATE \"Order Line\" SET state = 'sent' WHERE \"order\" = " + first);
			write(statement, "UPDATE \"Order Line\" SET line = 1000000 WHERE line = 1 AND \"order\" = " + first);
			write(statement, "INSERT INTO stock SELECT %d, %d ON CONFLICT (id) DO UPDATE SET amount = excluded.amount"
				.formatted(first, size));
			write(statement, "UPDATE stock SET level = level + 0.1, id = id + 1 WHERE id = " + first);
			write(statement, "DELETE FROM event WHERE what = 'w%d'".formatted(number - 1));
			write(statement, "DELETE FROM item WHERE id = " + (first + 1));
			if (number % 3 != 0) {
				message(statement, writer, number, 3);
			}
			connection.commit();
		}
	}

	private void write(Statement statement, String sql) throws SQLException {
		this.changes.addAndGet(statement.executeUpdate(sql));
	}

	private static void message(Statement statement, int writer, int number, int part) throws SQLException {
		statement.execute(
				"SELECT pg_logical_emit_message(true, '_bemi', '{\"user\": \"u%d\", \"request\": %d, \"part\": %d}')"
					.formatted(writer, number, part));
	}

}
