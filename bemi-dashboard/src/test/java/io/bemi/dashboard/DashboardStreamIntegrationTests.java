package io.bemi.dashboard;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.bemi.query.Json;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * New changes as they come.
 */
class DashboardStreamIntegrationTests {

	private static final TestDatabase database = PostgresServer.shared().createDatabase();

	private static ConfigurableApplicationContext application;

	@BeforeAll
	static void run() {
		database.execute("CREATE TABLE IF NOT EXISTS note (id int PRIMARY KEY, text text, secret text)",
				"CREATE TABLE IF NOT EXISTS other (id int PRIMARY KEY)");
		application = DashboardApplication.run(database, "bemi.dashboard.enabled=true");
	}

	@AfterAll
	static void close() {
		if (application.isActive()) {
			application.close();
		}
		database.close();
	}

	private static void awaitEvents(Listener listener, String... expected) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(listener.events).containsExactly(expected));
	}

	@Test
	void tellsWhatIsAskedForAsItComes() throws Exception {
		try (Listener notes = new Listener("auditor", "table=note", null);
				Listener masked = new Listener("masked", "table=note", null);
				Listener tenant = new Listener("tenant", "", null)) {
			database.execute("INSERT INTO note VALUES (1, 'a', 's3cret')", "INSERT INTO other VALUES (1)",
					"SET bemi.context = '{\"tenant\": \"a\"}'", "UPDATE note SET text = 'b' WHERE id = 1");
			awaitEvents(notes, "CREATE note 1", "UPDATE note 1");
			awaitEvents(masked, "CREATE note 1", "UPDATE note 1");
			awaitEvents(tenant, "UPDATE note 1");
			assertThat(String.join("", notes.lines)).contains("s3cret");
			assertThat(String.join("", masked.lines)).doesNotContain("s3cret");
			String first = notes.lines.stream().filter((line) -> line.startsWith("id: ")).findFirst().orElseThrow();
			try (Listener back = new Listener("auditor", "table=note", first.substring("id: ".length()))) {
				awaitEvents(back, "UPDATE note 1");
			}
		}
	}

	@Test
	void aLongBacklogComesInOrder() throws Exception {
		database.execute("INSERT INTO other VALUES (1000)");
		DashboardApplication.changes(application).awaitIngested();
		String id = DashboardApplication.changes(application)
			.query()
			.table("other")
			.primaryKey(1000)
			.first()
			.orElseThrow()
			.id();
		database.execute("INSERT INTO other SELECT i FROM generate_series(1001, 1230) i");
		DashboardApplication.changes(application).awaitIngested();
		List<String> expected = new ArrayList<>();
		for (int i = 1001; i <= 1230; i++) {
			expected.add("CREATE other " + i);
		}
		try (Listener listener = new Listener("auditor", "table=other", id)) {
			awaitEvents(listener, expected.toArray(String[]::new));
		}
	}

	/**
	 * The server uses again what it served them with, for whoever comes next.
	 */
	@Test
	void whoGoesTakesNobodyAlong() throws Exception {
		int rounds = Integer.getInteger("bemi.dashboard.rounds", 3);
		for (int i = 0; i < rounds; i++) {
			int round = i;
			List<Listener> stay = new ArrayList<>();
			try (Listener witness = new Listener("auditor", "table=other", null)) {
				for (int gone = 0; gone < 20; gone++) {
					new Listener("auditor", "table=other", null).reset();
				}
				database.execute("INSERT INTO other VALUES (%d)".formatted(10_000 + round));
				Awaitility.await().pollInterval(Duration.ofMillis(20)).atMost(Duration.ofSeconds(60)).until(() -> {
					if (stay.size() < 20) {
						stay.add(new Listener("auditor", "table=note", null));
					}
					return stay.size() == 20 && !witness.events.isEmpty();
				});
				Awaitility.await()
					.during(Duration.ofSeconds(1))
					.atMost(Duration.ofSeconds(5))
					.untilAsserted(() -> assertThat(stay).as("Round %d", round)
						.allSatisfy((listener) -> assertThat(listener.ended).isFalse()));
			}
			finally {
				for (Listener listener : stay) {
					listener.reset();
				}
				// That the server notices it.
				database.execute("INSERT INTO note VALUES (%d)".formatted(10_000 + round));
				DashboardApplication.changes(application).awaitIngested();
			}
		}
	}

	@Test
	void fiftyViewersTakeLittleMemoryAndEndWithTheApplication() throws Exception {
		List<Listener> listeners = new ArrayList<>();
		try {
			long before = used();
			for (int i = 0; i < 50; i++) {
				listeners.add(new Listener("auditor", "table=other", null));
			}
			database.execute("INSERT INTO other SELECT i FROM generate_series(5001, 5020) i");
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.untilAsserted(
						() -> assertThat(listeners).allSatisfy((listener) -> assertThat(listener.events).hasSize(20)));
			long more = used() - before;
			System.out.println("50 viewers and their clients: " + more / 1024 + " KB");
			assertThat(more).isLessThan(50L << 20);
			long start = System.nanoTime();
			application.close();
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
			Awaitility.await()
				.untilAsserted(
						() -> assertThat(listeners).allSatisfy((listener) -> assertThat(listener.ended).isTrue()));
		}
		finally {
			for (Listener listener : listeners) {
				listener.close();
			}
			if (!application.isActive()) {
				run();
			}
		}
	}

	private static long used() {
		for (int i = 0; i < 3; i++) {
			System.gc();
		}
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

	/**
	 * One who listens, over a connection of its own.
	 */
	private static final class Listener implements AutoCloseable {

		private final Socket socket;

		private final List<String> lines = new CopyOnWriteArrayList<>();

		private final List<String> events = new CopyOnWriteArrayList<>();

		private volatile boolean ended;

		Listener(String user, String query, @Nullable String lastId) throws Exception {
			this.socket = new Socket("localhost", DashboardApplication.port(application));
			String credentials = Base64.getEncoder().encodeToString((user + ":secret").getBytes());
			this.socket.getOutputStream()
				.write(("GET /bemi/api/v1/changes/stream?" + query
						+ " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic " + credentials + "\r\n"
						+ ((lastId != null) ? "Last-Event-ID: " + lastId + "\r\n" : "") + "\r\n")
					.getBytes(StandardCharsets.ISO_8859_1));
			BufferedReader reader = new BufferedReader(
					new InputStreamReader(this.socket.getInputStream(), StandardCharsets.UTF_8), 1024);
			assertThat(reader.readLine()).contains(" 200");
			String line = reader.readLine();
			while (!line.equals("retry: 2000")) {
				line = reader.readLine();
			}
			Thread thread = new Thread(() -> read(reader), "listener");
			thread.setDaemon(true);
			thread.start();
		}

		private void read(BufferedReader reader) {
			try {
				String line = reader.readLine();
				while (line != null) {
					this.lines.add(line);
					if (line.startsWith("data: ")) {
						var change = Json.readObject(line.substring("data: ".length()));
						this.events
							.add(change.get("operation") + " " + change.get("table") + " " + change.get("primaryKey"));
					}
					line = reader.readLine();
				}
			}
			catch (IOException ex) {
				// Closed.
			}
			this.ended = true;
		}

		/**
		 * As when a page is left: nobody says goodbye.
		 */
		void reset() throws IOException {
			this.socket.setSoLinger(true, 0);
			this.socket.close();
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

}
