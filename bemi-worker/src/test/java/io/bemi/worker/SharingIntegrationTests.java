package io.bemi.worker;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three workers read twelve databases, and are killed and started again at random:
 * nothing is lost, nothing is there twice. An added one takes its share. The long form
 * takes ten minutes, and also stops processes for longer than their sessions last.
 */
class SharingIntegrationTests {

	private static final boolean SOAK = Boolean.getBoolean("bemi.soak");

	private static final Duration FAULTS = Duration
		.ofSeconds(Integer.getInteger("bemi.worker.seconds", SOAK ? 600 : 30));

	private static final int DATABASES = 12;

	private static final long SEED = Long.getLong("bemi.worker.seed", System.nanoTime());

	private static final Logger logger = LoggerFactory.getLogger(SharingIntegrationTests.class);

	private static final String SHARES = """
			SELECT a.application_name, count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
			 WHERE l.locktype = 'advisory' AND l.granted AND l.mode = 'ExclusiveLock' AND l.objsubid = 1
			   AND a.application_name LIKE 'bemi-worker %' AND a.datname = '{store}' GROUP BY 1 ORDER BY 1
			""";

	private final Random random = new Random(SEED);

	private final List<WorkerProcess> workers = new ArrayList<>();

	private int started;

	@Test
	void nothingIsLostOrThereTwiceWhoeverIsKilled() throws Exception {
		List<WrittenDatabase> databases = new ArrayList<>();
		TestDatabase store = PostgresServer.shared().createDatabase();
		try {
			for (int number = 0; number < DATABASES; number++) {
				databases.add(WrittenDatabase.on(PostgresServer.shared()));
			}
			List<String> arguments = arguments(store, databases);
			for (int worker = 0; worker < 3; worker++) {
				start(arguments);
			}
			awaitShares(store, 4, 4, 4);
			AtomicBoolean done = new AtomicBoolean();
			CompletableFuture<Void> load = CompletableFuture.runAsync(() -> write(databases, done));
			int faults = breakDown(arguments);
			awaitShares(store, 4, 4, 4);
			start(arguments);
			awaitShares(store, 3, 3, 3, 3);
			this.workers.remove(0).end();
			awaitShares(store, 4, 4, 4);
			done.set(true);
			load.join();
			int changes = assertRecorded(store, databases);
			logger.info("{} faults in {} s, {} changes, seed {}", faults, FAULTS.toSeconds(), changes, SEED);
		}
		catch (Exception | Error ex) {
			logger.error("Failed with seed {}", SEED);
			throw ex;
		}
		finally {
			this.workers.forEach(WorkerProcess::close);
			databases.forEach(WrittenDatabase::close);
			store.close();
		}
	}

	private static List<String> arguments(TestDatabase store, List<WrittenDatabase> databases) {
		Map<String, TestDatabase> sources = new LinkedHashMap<>();
		databases.forEach((written) -> sources.put("db" + sources.size(), written.database()));
		return WorkerIntegrationTests.arguments(store, sources);
	}

	private void start(List<String> arguments) throws Exception {
		this.workers.add(WorkerProcess.start("worker-" + ++this.started, arguments));
	}

	private void write(List<WrittenDatabase> databases, AtomicBoolean done) {
		Random own = new Random(SEED);
		while (!done.get()) {
			try {
				databases.get(own.nextInt(databases.size())).write(own);
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
			LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
		}
	}

	/**
	 * @return how many times something was done to a worker
	 */
	private int breakDown(List<String> arguments) throws Exception {
		long end = System.nanoTime() + FAULTS.toNanos();
		int faults = 0;
		while (System.nanoTime() < end) {
			LockSupport.parkNanos(Duration.ofMillis(2_000 + this.random.nextInt(6_000)).toNanos());
			WorkerProcess victim = this.workers.remove(this.random.nextInt(this.workers.size()));
			faults++;
			if (SOAK && this.random.nextInt(8) == 0) {
				logger.info("Stopping {}", victim.name());
				victim.signal("STOP");
				LockSupport.parkNanos(Duration.ofSeconds(20 + this.random.nextInt(60)).toNanos());
				victim.signal("CONT");
				this.workers.add(victim);
			}
			else if (this.random.nextInt(5) == 0) {
				logger.info("Ending {}", victim.name());
				victim.end();
				start(arguments);
			}
			else {
				logger.info("Killing {}", victim.name());
				victim.kill();
				LockSupport.parkNanos(Duration.ofMillis(this.random.nextInt(3_000)).toNanos());
				start(arguments);
			}
		}
		return faults;
	}

	/**
	 * Waits until each worker has so many slots, and all of them are read.
	 */
	private void awaitShares(TestDatabase store, int... shares) {
		Awaitility.await().atMost(Duration.ofMinutes(3)).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
			assertThat(this.workers).allMatch(WorkerProcess::isAlive);
			assertThat(store.query(SHARES.replace("{store}", store.name())))
				.extracting((line) -> Integer.valueOf(line.substring(line.indexOf('|') + 1)))
				.containsExactlyInAnyOrder(java.util.Arrays.stream(shares).boxed().toArray(Integer[]::new));
			assertThat(store.query("SELECT count(*) FROM pg_replication_slots WHERE active"))
				.containsExactly(String.valueOf(DATABASES));
		});
	}

	private static int assertRecorded(TestDatabase store, List<WrittenDatabase> databases) {
		int changes = 0;
		for (WrittenDatabase written : databases) {
			List<String> expected = written.written();
			Awaitility.await()
				.atMost(Duration.ofMinutes(1))
				.pollInterval(Duration.ofMillis(200))
				.until(() -> written.recorded(store).size() >= expected.size());
			assertThat(written.recorded(store)).as(written.database().name()).isEqualTo(expected);
			assertThat(expected).isNotEmpty();
			changes += expected.size();
		}
		assertThat(store.query("SELECT reason FROM bemi.gap")).isEmpty();
		assertThat(store.query("SELECT error FROM bemi.quarantine")).isEmpty();
		assertThat(store.query("SELECT count(*) FROM bemi.source")).containsExactly(String.valueOf(DATABASES));
		return changes;
	}

}
