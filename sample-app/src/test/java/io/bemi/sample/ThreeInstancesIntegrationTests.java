package io.bemi.sample;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.bemi.replication.ReplicationSettings;
import io.bemi.testsupport.DurableServer;
import io.bemi.testsupport.TcpProxy;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three instances of the sample on one database: the one that records is killed, and
 * another one goes on.
 */
class ThreeInstancesIntegrationTests {

	private static final Duration TAKE_OVER = Duration.ofSeconds(10);

	@Test
	void anotherInstanceTakesOverWithinTenSeconds() throws Exception {
		DurableServer server = DurableServer.start(18, Map.of());
		List<Instance> instances = new ArrayList<>();
		try {
			TestDatabase database = server.server().createDatabase();
			for (int i = 0; i < 3; i++) {
				instances.add(Instance.start(database));
			}
			for (Instance instance : instances) {
				await().until(instance.process()::isUp);
			}
			WriteLoad.createTables(database);
			Instance spared = instances.stream()
				.filter((instance) -> instance != streaming(database, instances))
				.findFirst()
				.orElseThrow();
			try (WriteLoad load = WriteLoad.start(spared.process(), database)) {
				for (int kill = 0; kill < 3; kill++) {
					awaitProgress(database);
					Instance killed = streaming(database, instances);
					long begun = System.nanoTime();
					killed.process().kill();
					await().until(() -> streaming(database, instances) != killed);
					awaitNext(database);
					Duration taken = Duration.ofNanos(System.nanoTime() - begun);
					System.out.printf("Another instance has stored a change %.1f s after the kill%n",
							taken.toMillis() / 1e3);
					assertThat(taken).isLessThan(TAKE_OVER);
					killed.process().start();
					await().until(killed.process()::isUp);
				}
			}
			await().untilAsserted(() -> assertThat(database.query(KillIntegrationTests.UPDATES))
				.isEqualTo(database.query("SELECT n FROM tick")));
			KillIntegrationTests.assertTicks(database, database);
			KillIntegrationTests.assertEntries(database, database);
			KillIntegrationTests.assertTodos(database, database);
		}
		finally {
			for (Instance instance : instances) {
				instance.close();
			}
			server.close();
		}
	}

	private static ConditionFactory await() {
		return Awaitility.await()
			.atMost(Duration.ofSeconds(90))
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(100));
	}

	private static void awaitProgress(TestDatabase database) {
		int target = Integer.parseInt(database.query(KillIntegrationTests.UPDATES).get(0)) + 100;
		await().until(() -> Integer.parseInt(database.query(KillIntegrationTests.UPDATES).get(0)) > target);
	}

	private static void awaitNext(TestDatabase database) {
		String before = database.query("SELECT position FROM bemi.source").get(0);
		await().until(() -> !database.query("SELECT position FROM bemi.source").get(0).equals(before));
	}

	private static Instance streaming(TestDatabase database, List<Instance> instances) {
		Instance[] found = new Instance[1];
		await().until(() -> {
			List<String> port = database.query("""
					SELECT r.client_port FROM pg_replication_slots s JOIN pg_stat_replication r ON r.pid = s.active_pid
					 WHERE s.slot_name = '%s'""".formatted(ReplicationSettings.slotOf(database.name())));
			for (Instance instance : instances) {
				if (!port.isEmpty() && instance.wire().owns(Integer.parseInt(port.get(0)))) {
					found[0] = instance;
				}
			}
			return found[0] != null;
		});
		return found[0];
	}

	/**
	 * An instance, known by its connections.
	 *
	 * @param process its process
	 * @param wire its way to the database
	 */
	private record Instance(SampleProcess process, TcpProxy wire) implements AutoCloseable {

		static Instance start(TestDatabase database) throws IOException {
			TcpProxy wire = new TcpProxy(database.server().port());
			SampleProcess process = SampleProcess.on(database, wire);
			process.start();
			return new Instance(process, wire);
		}

		@Override
		public void close() throws IOException, InterruptedException {
			this.process.kill();
			this.wire.close();
		}

	}

}
