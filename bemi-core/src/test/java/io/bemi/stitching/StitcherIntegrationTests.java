package io.bemi.stitching;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

import io.bemi.change.Position;
import io.bemi.pgoutput.PgOutputMessage.Begin;
import io.bemi.pgoutput.PgOutputMessage.Commit;
import io.bemi.pgoutput.PgOutputMessage.Insert;
import io.bemi.pgoutput.PgOutputMessage.LogicalMessage;
import io.bemi.pgoutput.SlotSession;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Stitcher} and {@link Stitching} with transactions of real servers
 * whose context changes in the middle of savepoints; each row holds the number of its
 * context.
 */
class StitcherIntegrationTests {

	private static final int TRANSACTIONS = 150;

	@ParameterizedTest
	@ValueSource(ints = { 14, 15, 16, 17, 18 })
	void givesEachRowTheContextItWasWrittenIn(int version) throws SQLException {
		Random random = new Random(version);
		int ties = 0;
		int rows = 0;
		try (TestDatabase database = PostgresServer.version(version).createDatabase();
				SlotSession session = new SlotSession(database)) {
			session.execute("CREATE TABLE t (context int)");
			Connection connection = session.connection();
			connection.setAutoCommit(false);
			for (int i = 0; i < TRANSACTIONS; i++) {
				new Writer(connection, random).run();
			}
			connection.setAutoCommit(true);
			Transaction transaction = new Transaction();
			for (SlotSession.Received received : session.receive()) {
				if (received.message() instanceof Begin) {
					transaction = new Transaction();
				}
				else if (received.message() instanceof LogicalMessage message) {
					transaction.message(ContextMessage.of(message).orElseThrow());
				}
				else if (received.message() instanceof Insert insert) {
					transaction.row(received.position(), insert.row().text(0));
				}
				else if (received.message() instanceof Commit) {
					transaction.verify();
					ties += transaction.ties();
					rows += transaction.rows.size();
				}
			}
		}
		assertThat(rows).isGreaterThan(TRANSACTIONS);
		assertThat(ties).isPositive();
	}

	/**
	 * What arrived of a transaction.
	 */
	private static final class Transaction {

		private final List<Position> rows = new ArrayList<>();

		private final List<String> expected = new ArrayList<>();

		private final List<ContextMessage> messages = new ArrayList<>();

		private final List<Integer> segments = new ArrayList<>();

		private final SegmentStitcher<String> stitcher = new SegmentStitcher<>(
				(row, segment) -> this.segments.add(segment));

		void message(ContextMessage message) {
			this.messages.add(message);
			this.stitcher.message(message);
		}

		void row(Position position, String context) {
			this.rows.add(position);
			this.expected.add(context);
			this.stitcher.row(position, context);
		}

		int ties() {
			return (int) this.messages.stream().filter((message) -> this.rows.contains(message.position())).count();
		}

		void verify() {
			Segments ends = this.stitcher.finish();
			int[] batch = Stitching.messageOfEachRow(this.rows, this.messages);
			for (int i = 0; i < this.rows.size(); i++) {
				assertThat(this.messages.get(batch[i]).content()).isEqualTo(this.expected.get(i));
				assertThat(ends.message(this.segments.get(i))).isEqualTo(batch[i]);
			}
		}

	}

	/**
	 * Writes one transaction as a proxied connection does: the outgoing context is
	 * emitted before the first statement of the next one.
	 */
	private static final class Writer {

		private record Mark(Savepoint savepoint, int pending) {
		}

		private final Connection connection;

		private final Random random;

		private final Deque<Mark> marks = new ArrayDeque<>();

		private int current = 1;

		/** The context of rows that no message covers yet, or 0. */
		private int pending;

		Writer(Connection connection, Random random) {
			this.connection = connection;
			this.random = random;
		}

		void run() throws SQLException {
			for (int i = this.random.nextInt(30); i >= 0; i--) {
				switch (this.random.nextInt(6)) {
					case 0 -> this.current++;
					case 1 -> this.marks.push(new Mark(this.connection.setSavepoint(), this.pending));
					case 2 -> rollback();
					case 3 -> this.connection.releaseSavepoint(mark().savepoint());
					default -> insert();
				}
			}
			insert();
			emit();
			this.connection.commit();
		}

		private Mark mark() throws SQLException {
			if (this.marks.isEmpty()) {
				this.marks.push(new Mark(this.connection.setSavepoint(), this.pending));
			}
			return this.marks.pop();
		}

		private void rollback() throws SQLException {
			Mark mark = mark();
			this.connection.rollback(mark.savepoint());
			this.pending = mark.pending();
		}

		private void insert() throws SQLException {
			if (this.pending != 0 && this.pending != this.current) {
				emit();
			}
			try (Statement statement = this.connection.createStatement()) {
				statement.execute("INSERT INTO t SELECT %d FROM generate_series(1, %d)".formatted(this.current,
						1 + this.random.nextInt(3)));
			}
			this.pending = this.current;
		}

		private void emit() throws SQLException {
			try (Statement statement = this.connection.createStatement()) {
				statement.execute("SELECT pg_logical_emit_message(true, '_bemi', '" + this.pending + "')");
			}
			this.pending = 0;
		}

	}

}
