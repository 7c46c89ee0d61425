package io.bemi.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.bemi.ingestion.BaselineSettings;
import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.IngestionListener;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.tracking.ColumnRules;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A database with two published tables, and the instances that record it.
 *
 * @param database the database, which is its own store
 * @param ingesters the instances that were started
 */
record Capture(TestDatabase database, List<Ingester> ingesters) implements AutoCloseable {

	static Capture on(int version) {
		return on(PostgresServer.version(version).createDatabase());
	}

	static Capture on(TestDatabase database) {
		database.execute("""
				CREATE TABLE todo (id bigint PRIMARY KEY, task text, "isCompleted" boolean NOT NULL DEFAULT false)
				""", """
				CREATE TABLE full_row (a int, b text, c numeric);
				ALTER TABLE full_row REPLICA IDENTITY FULL;
				CREATE PUBLICATION bemi FOR TABLE todo, full_row WITH (publish_via_partition_root = true)
				""");
		return new Capture(database, new ArrayList<>());
	}

	/**
	 * The same database elsewhere or later, with its tables in it.
	 */
	static Capture again(TestDatabase database) {
		return new Capture(database, new ArrayList<>());
	}

	String slot() {
		return ReplicationSettings.slotOf(this.database.name());
	}

	Ingester start() throws InterruptedException {
		return start(this.database.server().username(), this.database.server().username());
	}

	/**
	 * Starts an instance whose stream and store have roles of their own.
	 */
	Ingester start(String replicationRole, String storeRole) throws InterruptedException {
		PostgresServer server = this.database.server();
		return start(replication(replicationRole),
				new StoreSettings(this.database.url(), storeRole, server.password(), "bemi"));
	}

	/**
	 * Starts an instance whose store is elsewhere.
	 */
	Ingester start(StoreSettings store) throws InterruptedException {
		return start(replication(this.database.server().username()), store);
	}

	/**
	 * Starts an instance that copies the rows of some tables only.
	 */
	Ingester start(BaselineSettings baseline) throws InterruptedException {
		PostgresServer server = this.database.server();
		return start(replication(server.username()),
				new StoreSettings(this.database.url(), server.username(), server.password(), "bemi"), baseline);
	}

	/**
	 * Starts an instance that records columns by rules.
	 */
	Ingester start(ColumnRules rules) throws InterruptedException {
		PostgresServer server = this.database.server();
		return start(new Ingester(new ReplicationSource(replication(server.username())),
				new PostgresChangeSink(
						new StoreSettings(this.database.url(), server.username(), server.password(), "bemi")),
				BaselineSettings.ALL, rules));
	}

	/**
	 * Starts an instance that lets roles skip what they write, with tamper evidence.
	 */
	Ingester start(Set<String> skipRoles) throws InterruptedException {
		return start(new Ingester(new ReplicationSource(replication(this.database.server().username())),
				new PostgresChangeSink(Chain.settings(this.database)), BaselineSettings.ALL, ColumnRules.NONE,
				skipRoles, IngestionListener.NONE));
	}

	private ReplicationSettings replication(String role) {
		return new ReplicationSettings(this.database.url(), role, this.database.server().password(), slot(), "bemi");
	}

	private Ingester start(ReplicationSettings replication, StoreSettings store) throws InterruptedException {
		return start(replication, store, BaselineSettings.ALL);
	}

	private Ingester start(ReplicationSettings replication, StoreSettings store, BaselineSettings baseline)
			throws InterruptedException {
		return start(new Ingester(new ReplicationSource(replication), new PostgresChangeSink(store), baseline));
	}

	private Ingester start(Ingester ingester) throws InterruptedException {
		this.ingesters.add(ingester);
		ingester.start();
		assertThat(ingester.awaitSettled(Duration.ofSeconds(20))).isTrue();
		return ingester;
	}

	void awaitChanges(int count) {
		awaitChanges(this.database, count);
	}

	static void awaitChanges(TestDatabase store, int count) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.pollInterval(Duration.ofMillis(20))
			.untilAsserted(() -> assertThat(store.query("SELECT count(*) FROM bemi.changes"))
				.containsExactly(String.valueOf(count)));
	}

	@Override
	public void close() {
		this.ingesters.forEach(Ingester::close);
		this.database.close();
	}

}
