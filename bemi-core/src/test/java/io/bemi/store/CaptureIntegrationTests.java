package io.bemi.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.IngestionStatus.Phase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * From a committed transaction to the view {@code changes}, on real servers.
 */
class CaptureIntegrationTests {

	@ParameterizedTest
	@ValueSource(ints = { 14, 15, 16, 17, 18 })
	void recordsEveryKindOfChangeWithItsContext(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			capture.database().execute("INSERT INTO todo VALUES (1, 'Old', false)");
			capture.start();
			try (Connection connection = capture.database().connect();
					Statement statement = connection.createStatement()) {
				connection.setAutoCommit(false);
				statement.execute("INSERT INTO todo VALUES (26, 'Sleep', false)");
				statement.execute("SELECT pg_logical_emit_message(true, '_bemi', '{\"user\": \"ann\"}')");
				statement.execute("UPDATE todo SET \"isCompleted\" = true WHERE id IN (1, 26)");
				statement.execute("SELECT pg_logical_emit_message(true, '_bemi', '{\"user\": \"bob\"}')");
				statement.execute("DELETE FROM todo WHERE id = 26");
				connection.commit();
				statement.execute("INSERT INTO full_row VALUES (1, 'x', 1.50)");
				statement.execute("UPDATE full_row SET c = 1.5");
				statement.execute("TRUNCATE full_row");
				connection.commit();
			}
			capture.awaitChanges(7);
			assertThat(capture.database().query("""
					SELECT primary_key, operation, values, before, changed, unknown, metadata, "table", ordinal
					FROM bemi.changes ORDER BY id""")).containsExactly(
					"26|CREATE|{\"id\": 26, \"task\": \"Sleep\", \"isCompleted\": false}|{}|{}|{}|"
							+ "{\"user\": \"ann\"}|todo|0",
					"1|UPDATE|{\"id\": 1, \"task\": \"Old\", \"isCompleted\": true}|"
							+ "{\"id\": 1, \"task\": \"Old\", \"isCompleted\": false}|{isCompleted}|{}|{\"user\": \"bob\"}|todo|1",
					"26|UPDATE|{\"id\": 26, \"task\": \"Sleep\", \"isCompleted\": true}|"
							+ "{\"id\": 26, \"task\": \"Sleep\", \"isCompleted\": false}|{isCompleted}|{}|{\"user\": \"bob\"}|todo|2",
					"26|DELETE|{}|{\"id\": 26, \"task\": \"Sleep\", \"isCompleted\": true}|{}|{}|{\"user\": \"bob\"}|todo|3",
					"null|CREATE|{\"a\": 1, \"b\": \"x\", \"c\": 1.50}|{}|{}|{}|{}|full_row|0",
					"null|UPDATE|{\"a\": 1, \"b\": \"x\", \"c\": 1.5}|{\"a\": 1, \"b\": \"x\", \"c\": 1.50}|{c}|{}|{}|full_row|1",
					"null|TRUNCATE|{}|{}|{}|{}|{}|full_row|2");
			assertThat(capture.database().query("SELECT operation, image FROM bemi.change WHERE operation = 'B'"))
				.containsExactly("B|{\"id\": 1, \"task\": \"Old\", \"isCompleted\": false}");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void goesOnWhereItStopped(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			capture.start().close();
			for (int round = 0; round < 3; round++) {
				capture.database().execute("INSERT INTO todo VALUES (" + round + ", 'while stopped')");
				Ingester running = capture.start();
				capture.database().execute("UPDATE todo SET task = 'while running' WHERE id = " + round);
				capture.awaitChanges(2 * (round + 1));
				running.close();
			}
			assertThat(capture.database().query("SELECT primary_key || operation FROM bemi.changes ORDER BY id"))
				.containsExactly("0CREATE", "0UPDATE", "1CREATE", "1UPDATE", "2CREATE", "2UPDATE");
			assertThat(capture.database().query("SELECT count(*) FROM bemi.gap")).containsExactly("0");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void storesATransactionLargerThanMemoryAllowsInParts(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			capture.start();
			int rows = 12_345;
			try (Connection connection = capture.database().connect();
					Statement statement = connection.createStatement()) {
				connection.setAutoCommit(false);
				statement.execute("INSERT INTO todo SELECT i, 'task ' || i FROM generate_series(1, " + rows + ") i");
				statement.execute("SELECT pg_logical_emit_message(true, '_bemi', '{\"n\": 1}')");
				statement.execute("UPDATE todo SET task = 'new'");
				statement.execute("SELECT pg_logical_emit_message(true, '_bemi', '{\"n\": 2}')");
				connection.commit();
			}
			capture.awaitChanges(2 * rows);
			assertThat(capture.database()
				.query("""
						SELECT operation, metadata ->> 'n', count(*), count(DISTINCT primary_key), min(ordinal), max(ordinal)
						FROM bemi.changes WHERE unknown = '{}' GROUP BY 1, 2 ORDER BY 2"""))
				.containsExactly("CREATE|1|12345|12345|0|12344", "UPDATE|2|12345|12345|12345|24689");
			assertThat(capture.database()
				.query("SELECT count(DISTINCT transaction_id), min(changed::text) FROM bemi.changes"
						+ " WHERE operation = 'UPDATE'"))
				.containsExactly("1|{task}");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void keepsOrderAndCountUnderConcurrentWriters(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			capture.start();
			capture.database().execute("INSERT INTO todo SELECT i, '0' FROM generate_series(1, 4) i");
			List<Thread> writers = IntStream.range(0, 4).mapToObj((writer) -> new Thread(() -> {
				try (Connection connection = capture.database().connect();
						PreparedStatement update = connection
							.prepareStatement("UPDATE todo SET task = (task::int + 1)::text WHERE id = ?")) {
					for (int i = 0; i < 248; i++) {
						update.setLong(1, i % 4 + 1);
						update.executeUpdate();
					}
				}
				catch (Exception ex) {
					throw new IllegalStateException(ex);
				}
			})).toList();
			writers.forEach(Thread::start);
			for (Thread writer : writers) {
				writer.join();
			}
			capture.awaitChanges(996);
			for (int id = 1; id <= 4; id++) {
				assertThat(capture.database()
					.query("SELECT values ->> 'task' FROM bemi.changes WHERE primary_key = '" + id + "' ORDER BY id"))
					.containsExactlyElementsOf(IntStream.rangeClosed(0, 248).mapToObj(String::valueOf).toList());
			}
			assertThat(capture.database().query("""
					SELECT count(*) FROM bemi.changes WHERE operation = 'UPDATE'
					AND (before ->> 'task')::int + 1 <> (values ->> 'task')::int""")).containsExactly("0");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void staysIdleWhenTheStoreIsInTheSource(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			capture.start();
			capture.database().execute("INSERT INTO todo VALUES (1, 'x')");
			capture.awaitChanges(1);
			awaitAllRead(capture);
			List<String> before = capture.database().query("SELECT position, xmin FROM bemi.source");
			capture.database().execute("CREATE TABLE untracked (i int); INSERT INTO untracked VALUES (1)");
			awaitAllRead(capture);
			assertThat(capture.database().query("SELECT position, xmin FROM bemi.source")).isEqualTo(before);
		}
	}

	/**
	 * Everything is read; nothing is confirmed but what is stored, so little is kept.
	 */
	private static void awaitAllRead(Capture capture) {
		Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(capture.database().query("""
				SELECT r.write_lsn >= pg_current_wal_lsn(), pg_current_wal_lsn() - s.restart_lsn < 2 * 1024 * 1024,
				       s.confirmed_flush_lsn = (SELECT position + 1 FROM bemi.source)
				  FROM pg_replication_slots s JOIN pg_stat_replication r ON r.pid = s.active_pid
				 WHERE s.slot_name = '%s'""".formatted(capture.slot()))).containsExactly("t|t|t"));
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aSecondInstanceStandsByAndTakesOver(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			Ingester first = capture.start();
			Ingester second = capture.start();
			Awaitility.await().until(() -> first.status().phase() == Phase.STREAMING);
			Awaitility.await().untilAsserted(() -> {
				assertThat(second.status().phase()).isEqualTo(Phase.STANDBY);
				assertThat(second.status().message()).contains("is used by process").contains("bemi-ingestion");
			});
			capture.database().execute("INSERT INTO todo VALUES (1, 'first')");
			capture.awaitChanges(1);
			first.close();
			capture.database().execute("INSERT INTO todo VALUES (2, 'nobody')");
			Awaitility.await().until(() -> second.status().phase() == Phase.STREAMING);
			capture.awaitChanges(2);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void saysWhereTheHistoryHasAGap(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			Ingester running = capture.start();
			capture.database().execute("INSERT INTO todo VALUES (1, 'before')");
			capture.awaitChanges(1);
			running.close();
			capture.database()
				.execute("SELECT pg_drop_replication_slot('" + capture.slot() + "')",
						"UPDATE todo SET task = 'unseen'");
			capture.start();
			capture.database().execute("UPDATE todo SET task = 'seen again'");
			capture.awaitChanges(2);
			assertThat(capture.database()
				.query("SELECT reason, from_position IS NOT NULL, from_time IS NOT NULL FROM bemi.gap"))
				.containsExactly("The slot was dropped|t|t");
			assertThat(capture.database()
				.query("SELECT before ->> 'task', values ->> 'task' FROM bemi.changes ORDER BY id"))
				.containsExactly("null|before", "unseen|seen again");
		}
	}

	@Test
	void aSlotThatWasMadeAnewWhileTheStoreWasAwayIsAGap() throws Exception {
		try (Capture capture = Capture.on(18)) {
			Ingester running = capture.start();
			capture.database().execute("INSERT INTO todo VALUES (1, 'before')");
			capture.awaitChanges(1);
			running.close();
			capture.database()
				.execute("SELECT pg_drop_replication_slot('" + capture.slot() + "')", "UPDATE todo SET task = 'unseen'",
						"ALTER TABLE bemi.meta RENAME TO away");
			Ingester again = capture.start();
			Awaitility.await().until(() -> again.status().phase() == Phase.FAILED);
			capture.database().execute("UPDATE todo SET task = 'seen'", "ALTER TABLE bemi.away RENAME TO meta");
			capture.awaitChanges(2);
			assertThat(capture.database().query("SELECT reason FROM bemi.gap")).singleElement()
				.asString()
				.contains("it was dropped and created anew");
			assertThat(capture.database().query("SELECT values ->> 'task', unknown FROM bemi.changes ORDER BY id"))
				.containsExactly("before|{}", "seen|{task,isCompleted}");
		}
	}

	@Test
	void aSourceThatWasSetBackIsAGap() throws Exception {
		try (Capture capture = Capture.on(18)) {
			Ingester running = capture.start();
			capture.database().execute("INSERT INTO todo VALUES (1, 'before')");
			capture.awaitChanges(1);
			running.close();
			// As if the store had seen a later state of the source.
			capture.database().execute("UPDATE bemi.source SET position = position + 1000000000");
			capture.start();
			capture.database().execute("INSERT INTO todo VALUES (2, 'after')");
			Awaitility.await()
				.untilAsserted(() -> assertThat(
						capture.database().query("SELECT values ->> 'task' FROM bemi.changes ORDER BY id"))
					.contains("after"));
			assertThat(capture.database().query("SELECT reason FROM bemi.gap")).singleElement()
				.asString()
				.contains("The database was set back to an earlier state");
		}
	}

	@Test
	void timeoutsOfTheRoleDoNotConcernIngestion() throws Exception {
		try (Capture capture = Capture.on(18)) {
			String role = "role_" + java.util.UUID.randomUUID().toString().substring(0, 8);
			capture.database()
				.execute("CREATE ROLE " + role + " LOGIN SUPERUSER REPLICATION",
						"ALTER ROLE " + role + " SET statement_timeout = '1ms'",
						"ALTER ROLE " + role + " SET default_transaction_read_only = on");
			Ingester running = capture.start(role, role);
			capture.database().execute("INSERT INTO todo SELECT i, repeat('x', 1000) FROM generate_series(1, 6000) i");
			capture.awaitChanges(6_000);
			running.close();
			capture.database().execute("REASSIGN OWNED BY " + role + " TO CURRENT_USER", "DROP ROLE " + role);
		}
	}

	@Test
	void rowsWithLargeValuesThatDidNotChangeAreFilledFromTheHistory() throws Exception {
		try (Capture capture = Capture.on(18)) {
			capture.database().execute("ALTER TABLE todo ALTER task SET STORAGE EXTERNAL");
			capture.start();
			capture.database()
				.execute("INSERT INTO todo SELECT i, repeat(chr(64 + i % 26), 200000) FROM generate_series(1, 300) i",
						"UPDATE todo SET \"isCompleted\" = true");
			capture.awaitChanges(600);
			assertThat(capture.database()
				.query("SELECT count(*), count(DISTINCT values ->> 'task'), min(length(values ->> 'task')),"
						+ " min(changed::text), max(unknown::text) FROM bemi.changes WHERE operation = 'UPDATE'"))
				.containsExactly("300|26|200000|{isCompleted}|{}");
		}
	}

}
