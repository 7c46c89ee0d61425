package io.bemi.store;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.testsupport.DurableServer;
import io.bemi.testsupport.TcpProxy;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connections that end without either side hearing of it: the other machine has vanished,
 * or something in between has forgotten them.
 */
class VanishedPeerIntegrationTests {

	private DurableServer server;

	private TestDatabase database;

	private TcpProxy wire;

	@BeforeEach
	void start() throws Exception {
		this.server = DurableServer.start(18, Map.of("wal_sender_timeout", "3s"));
		this.database = this.server.server().createDatabase();
		this.database.execute("CREATE TABLE todo (id bigint PRIMARY KEY, task text)",
				"CREATE PUBLICATION bemi FOR TABLE todo");
		this.wire = new TcpProxy(this.database.server().port());
	}

	@AfterEach
	void stop() throws Exception {
		this.server.close();
		this.wire.close();
	}

	private Ingester ingester(String url) throws InterruptedException {
		Ingester ingester = new Ingester(
				new ReplicationSource(new ReplicationSettings(url, this.database.server().username(),
						this.database.server().password(), "bemi_vanished", "bemi")),
				new PostgresChangeSink(new StoreSettings(this.database.url(), this.database.server().username(),
						this.database.server().password(), "bemi")));
		ingester.start();
		assertThat(ingester.awaitSettled(Duration.ofSeconds(20))).isTrue();
		return ingester;
	}

	private String wireUrl() {
		return "jdbc:postgresql://localhost:" + this.wire.port() + "/" + this.database.name();
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(100));
	}

	private void record(int id) {
		this.database.execute("INSERT INTO todo VALUES (" + id + ", 'x')");
		await()
			.until(() -> !this.database.query("SELECT FROM bemi.changes WHERE primary_key = '" + id + "'").isEmpty());
	}

	@Test
	void aStreamThatEndedWithoutAWordIsOpenedAgain() throws Exception {
		Ingester ingester = ingester(wireUrl());
		record(1);
		this.wire.abandon(Integer.parseInt(this.database.query("SELECT client_port FROM pg_stat_replication").get(0)));
		record(2);
		ingester.close();
	}

	@Test
	void aServerThatVanishedIsSoughtAgain() throws Exception {
		Ingester ingester = ingester(wireUrl());
		record(1);
		this.wire.abandon(0);
		record(2);
		ingester.close();
	}

	@Test
	void anInstanceThatStandsByNoticesToo() throws Exception {
		Ingester streaming = ingester(this.database.url());
		record(1);
		Ingester next = ingester(wireUrl());
		await().until(() -> next.status().phase() == Phase.STANDBY);
		this.wire.abandon(0);
		streaming.close();
		record(2);
		next.close();
	}

	@Test
	void aStoreThatIsSlowerThanTheServersPatienceLosesNoStream() throws Exception {
		Ingester ingester = ingester(this.database.url());
		record(1);
		this.database.execute("""
				CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
				$$ BEGIN PERFORM pg_sleep(9); RETURN NEW; END $$
				""", "CREATE TRIGGER dawdle BEFORE INSERT ON bemi.context EXECUTE FUNCTION dawdle()");
		String stream = "SELECT active_pid FROM pg_replication_slots";
		List<String> before = this.database.query(stream);
		this.database.execute("INSERT INTO todo VALUES (2, 'x')");
		Awaitility.await().pollDelay(Duration.ofSeconds(5)).until(() -> true);
		String confirmed = this.database.query("SELECT confirmed_flush_lsn FROM pg_replication_slots").get(0);
		await().until(() -> !this.database.query("SELECT FROM bemi.changes WHERE primary_key = '2'").isEmpty());
		assertThat(
				this.database.query("SELECT position >= '" + confirmed + "' FROM bemi.changes WHERE primary_key = '2'"))
			.containsExactly("t");
		this.database.execute("DROP TRIGGER dawdle ON bemi.context");
		record(3);
		assertThat(this.database.query(stream)).isEqualTo(before);
		ingester.close();
	}

	@Test
	void theServerWaitsAMinuteAtMost() throws Exception {
		this.database.execute("ALTER DATABASE " + this.database.name() + " SET wal_sender_timeout = 0");
		await().until(() -> this.database.query("SHOW wal_sender_timeout").get(0).equals("0"));
		try (var connection = new ReplicationSource(new ReplicationSettings(this.database.url(),
				this.database.server().username(), this.database.server().password(), "bemi_vanished", "bemi"))
			.connectForReplication();
				var statement = connection.createStatement();
				var row = statement.executeQuery("SHOW wal_sender_timeout")) {
			row.next();
			assertThat(row.getString(1)).isEqualTo("1min");
		}
	}

}
