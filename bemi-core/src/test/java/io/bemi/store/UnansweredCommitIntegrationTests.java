package io.bemi.store;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.bemi.change.Position;
import io.bemi.ingestion.ChangeSink.SinkSource;
import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.SinkException;
import io.bemi.ingestion.SinkWrite;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.replication.SourceIdentity;
import io.bemi.testsupport.DurableServer;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TcpProxy;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is committed without anybody knowing: to the store, whose answer is lost; to the
 * slot, whose confirmation is lost.
 */
class UnansweredCommitIntegrationTests {

	private static StoreSettings settings(String url, TestDatabase database) {
		return new StoreSettings(url, database.server().username(), database.server().password(), "bemi");
	}

	private static String url(TcpProxy wire, TestDatabase database) {
		return "jdbc:postgresql://localhost:" + wire.port() + "/" + database.name();
	}

	@Test
	void aCommitWhoseAnswerIsLostCounts() throws Exception {
		SourceIdentity identity = new SourceIdentity("1", 1, "shop", "unanswered");
		try (TestDatabase database = PostgresServer.shared().createDatabase();
				TcpProxy wire = new TcpProxy(database.server().port());
				PostgresChangeSink sink = new PostgresChangeSink(settings(url(wire, database), database))) {
			SinkSource source = sink.open(identity);
			SinkWrite write = sink.begin(source, new Position(10));
			wire.stall(false, true);
			CompletableFuture<Void> commit = CompletableFuture.runAsync(write::commit);
			Awaitility.await().until(() -> database.query("SELECT position FROM bemi.source").equals(List.of("0/A")));
			wire.cut();
			assertThatExceptionOfType(CompletionException.class).isThrownBy(commit::join)
				.withCauseInstanceOf(SinkException.class);
			wire.resume();
			write.close();
			assertThat(sink.open(identity).position()).isEqualTo(new Position(10));
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void whatWasStoredButNotConfirmedBeforeACrashIsNotStoredAgain(int version) throws Exception {
		DurableServer server = DurableServer.start(version, Map.of());
		try {
			TestDatabase database = server.server().createDatabase();
			database.execute("CREATE TABLE todo (id bigint PRIMARY KEY, task text)",
					"CREATE PUBLICATION bemi FOR TABLE todo");
			TcpProxy wire = new TcpProxy(database.server().port());
			Ingester ingester = new Ingester(
					new ReplicationSource(new ReplicationSettings(url(wire, database), database.server().username(),
							database.server().password(), "bemi_crash", "bemi")),
					new PostgresChangeSink(settings(database.url(), database)));
			ingester.start();
			assertThat(ingester.awaitSettled(Duration.ofSeconds(20))).isTrue();
			database.execute("INSERT INTO todo VALUES (1, 'x')");
			Capture.awaitChanges(database, 1);
			wire.stall(true, false);
			database.execute("INSERT INTO todo VALUES (2, 'x')");
			Capture.awaitChanges(database, 2);
			assertThat(database
				.query("SELECT s.confirmed_flush_lsn < b.position FROM pg_replication_slots s, bemi.source b"))
				.containsExactly("t");
			server.kill();
			wire.cut();
			wire.resume();
			server.restart();
			database.execute("INSERT INTO todo VALUES (3, 'x')");
			Capture.awaitChanges(database, 3);
			assertThat(database.query("SELECT primary_key FROM bemi.changes ORDER BY id")).containsExactly("1", "2",
					"3");
			ingester.close();
			wire.close();
		}
		finally {
			server.close();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void twoSlotsWithOneStoreAreTwoHistories(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			TestDatabase database = capture.database();
			capture.start();
			Ingester other = new Ingester(
					new ReplicationSource(new ReplicationSettings(database.url(), database.server().username(),
							database.server().password(), capture.slot() + "_2", "bemi")),
					new PostgresChangeSink(settings(database.url(), database)));
			capture.ingesters().add(other);
			other.start();
			assertThat(other.awaitSettled(Duration.ofSeconds(20))).isTrue();
			for (int i = 1; i <= 50; i++) {
				database.execute("INSERT INTO todo VALUES (" + i + ", 'x')");
			}
			Capture.awaitChanges(database, 100);
			assertThat(database
				.query("SELECT source, count(*), count(DISTINCT primary_key) FROM bemi.changes GROUP BY 1 ORDER BY 1"))
				.containsExactly(capture.slot() + "|50|50", capture.slot() + "_2|50|50");
		}
	}

}
