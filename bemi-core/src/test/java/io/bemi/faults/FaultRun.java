package io.bemi.faults;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.replication.ReplicationStream;
import io.bemi.testsupport.DurableServer;
import io.bemi.testsupport.TcpProxy;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two instances that record a database under load, and what happens to them.
 */
final class FaultRun implements AutoCloseable {

	private static final Map<String, String> SOURCE = Map.of("wal_sender_timeout", "3s", "max_prepared_transactions",
			"20", "max_connections", "60");

	private final DurableServer sourceServer;

	private final DurableServer storeServer;

	private final TestDatabase source;

	private final TestDatabase store;

	private final TcpProxy applicationWire;

	private final Truth truth;

	private final Load load;

	private final List<Instance> instances;

	private final Random random;

	private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);

	private long longestRecovery;

	FaultRun(int version, boolean storeInSource, long seed) throws IOException, SQLException {
		this.random = new Random(seed);
		this.sourceServer = DurableServer.start(version, SOURCE);
		this.storeServer = storeInSource ? this.sourceServer : DurableServer.start(version, Map.of());
		this.source = this.sourceServer.server().createDatabase();
		this.store = storeInSource ? this.source : this.storeServer.server().createDatabase();
		this.applicationWire = new TcpProxy(this.source.server().port());
		this.truth = new Truth(this.source, this.store);
		this.load = new Load(this.source, this.applicationWire);
		this.instances = List.of(new Instance(this.source, this.store), new Instance(this.source, this.store));
	}

	/**
	 * Runs so many faults, each kind in turn in random order, then checks.
	 * @return what is wrong
	 */
	List<String> run(int faults) throws Exception {
		this.truth.prepare();
		for (Instance instance : this.instances) {
			instance.start();
		}
		await().ignoreExceptions()
			.until(() -> this.store.query("SELECT count(*) > 0 AND count(*) = count(completed_at) FROM bemi.baseline")
				.equals(List.of("t")));
		this.truth.witness();
		this.load.start(this.random.nextLong());
		List<Fault> kinds = new ArrayList<>();
		for (int i = 0; i < faults; i++) {
			if (kinds.isEmpty()) {
				kinds.addAll(List.of(Fault.values()));
				if (this.storeServer == this.sourceServer) {
					kinds.remove(Fault.CRASH_STORE);
				}
				Collections.shuffle(kinds, this.random);
			}
			Fault fault = kinds.remove(0);
			pause(this.random.nextInt(1_500));
			String before = position();
			this.counts.merge(fault, 1, Integer::sum);
			happen(fault);
			// Now and then the next one comes before it has recovered.
			if (this.random.nextInt(4) > 0) {
				awaitProgress(fault, before);
				this.truth.checkConfirmed(Instance.slot(this.source));
			}
		}
		long barrier = this.load.finish();
		await().until(() -> !this.store
			.query("SELECT FROM bemi.changes WHERE \"table\" = 'item' AND primary_key = '" + barrier + "'")
			.isEmpty());
		assertThat(this.load.twoPhaseCommits()).isPositive();
		return this.truth.check();
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(150)).pollInterval(Duration.ofMillis(50));
	}

	private void awaitProgress(Fault fault, String before) {
		long begun = System.nanoTime();
		await().alias("recording goes on after " + fault).until(() -> !position().equals(before));
		this.longestRecovery = Math.max(this.longestRecovery, System.nanoTime() - begun);
	}

	private String position() {
		return String.valueOf(this.store.query("SELECT max(position) FROM bemi.source"));
	}

	private void pause(long milliseconds) {
		LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(milliseconds));
	}

	private void happen(Fault fault) throws Exception {
		switch (fault) {
			case KILL -> {
				Instance streaming = streaming();
				streaming.kill();
				pause(this.random.nextInt(2_000));
				streaming.start();
			}
			case KILL_ALL -> {
				for (Instance instance : this.instances) {
					instance.kill();
				}
				for (Instance instance : this.instances) {
					instance.start();
				}
			}
			case STOP_PAST_TAKE_OVER -> {
				Instance stopped = streaming();
				stopped.signal("STOP");
				await().until(() -> streaming() != stopped);
				pause(this.random.nextInt(1_000));
				stopped.signal("CONT");
			}
			case STOP_SHORTLY -> {
				Instance stopped = streaming();
				stopped.signal("STOP");
				pause(this.random.nextInt(2_500));
				stopped.signal("CONT");
			}
			case CRASH_SOURCE -> {
				this.sourceServer.kill();
				this.sourceServer.restart();
			}
			case CRASH_STORE -> {
				this.storeServer.kill();
				pause(this.random.nextInt(1_000));
				this.storeServer.restart();
			}
			case CUT_SOURCE -> {
				this.instances.forEach((instance) -> instance.sourceWire().cut());
				this.applicationWire.cut();
			}
			case CUT_STORE -> streaming().storeWire().cut();
			case STALL_SOURCE -> stall(streaming().sourceWire(), 500 + this.random.nextInt(2_000), true);
			case STALL_SOURCE_LONG -> stall(streaming().sourceWire(), 5_000 + this.random.nextInt(2_000), true);
			case STALL_STORE -> stall(streaming().storeWire(), 500 + this.random.nextInt(6_000), true);
			case LOSE_ANSWERS_OF_STORE -> stall(streaming().storeWire(), 50 + this.random.nextInt(500), false);
			case STORE_AWAY -> {
				this.instances.forEach((instance) -> instance.storeWire().away());
				pause(this.random.nextInt(4_000));
				this.instances.forEach((instance) -> instance.storeWire().resume());
			}
			case SLOT_IN_USE -> useSlot();
			case TERMINATE -> {
				terminate(this.source, "application_name = 'bemi-ingestion' AND random() < 0.5");
				terminate(this.store, "application_name = 'bemi-store' AND random() < 0.5");
			}
		}
	}

	/**
	 * Requests and answers are lost, or only answers; then the connection ends, or what
	 * was held back arrives.
	 */
	private void stall(TcpProxy wire, int milliseconds, boolean requests) {
		wire.stall(requests, true);
		pause(milliseconds);
		if (!requests || this.random.nextBoolean()) {
			wire.cut();
		}
		wire.resume();
	}

	private void terminate(TestDatabase database, String condition) {
		database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND "
				+ condition);
	}

	private void useSlot() throws SQLException {
		ReplicationSource stranger = new ReplicationSource(new ReplicationSettings(this.source.url(),
				this.source.server().username(), this.source.server().password(), Instance.slot(this.source), "bemi"));
		try (java.sql.Connection connection = stranger.connectForReplication()) {
			await().ignoreExceptions().pollInterval(Duration.ofMillis(5)).until(() -> {
				terminate(this.source, "pid = (SELECT active_pid FROM pg_replication_slots WHERE slot_name = '"
						+ Instance.slot(this.source) + "')");
				ReplicationStream stream = stranger.stream(connection);
				stream.poll();
				pause(500 + this.random.nextInt(1_500));
				return true;
			});
		}
	}

	/**
	 * The instance whose connection holds the slot.
	 */
	private Instance streaming() {
		Instance[] found = new Instance[1];
		await().ignoreExceptions().until(() -> {
			List<String> port = this.source.query("""
					SELECT r.client_port FROM pg_replication_slots s JOIN pg_stat_replication r ON r.pid = s.active_pid
					 WHERE s.slot_name = '%s'""".formatted(Instance.slot(this.source)));
			for (Instance instance : this.instances) {
				if (!port.isEmpty() && instance.sourceWire().owns(Integer.parseInt(port.get(0)))) {
					found[0] = instance;
				}
			}
			return found[0] != null;
		});
		return found[0];
	}

	/**
	 * What was done and seen, in a line.
	 */
	@Override
	public String toString() {
		return "%d faults %s, %s, %s; longest time to the next stored change %.1f s".formatted(
				this.counts.values().stream().mapToInt(Integer::intValue).sum(), this.counts, this.truth.counts(),
				this.load, this.longestRecovery / 1e9);
	}

	@Override
	public void close() throws Exception {
		this.load.close();
		for (Instance instance : this.instances) {
			instance.signal("CONT");
			instance.close();
		}
		this.applicationWire.close();
		this.sourceServer.close();
		if (this.storeServer != this.sourceServer) {
			this.storeServer.close();
		}
	}

}
