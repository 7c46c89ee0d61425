package org.example.notes;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The starter taken out of a user's project as docs/uninstall.md says: the application
 * runs on, and nothing of Bemi is left.
 */
class RemovalTests {

	/** What was recorded stays, and with it what keeps it from being changed. */
	private static final String LEFT = """
			SELECT slot_name::text FROM pg_replication_slots
			UNION ALL SELECT pubname FROM pg_publication
			UNION ALL SELECT evtname FROM pg_event_trigger
			UNION ALL SELECT tgrelid::regclass::text FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
			           WHERE NOT tgisinternal AND relnamespace IS DISTINCT FROM to_regnamespace('bemi')
			""";

	@TempDir
	private Path folder;

	@Test
	void nothingIsLeft() throws Exception {
		try (EmbeddedPostgres server = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start()) {
			String classPath = System.getProperty("java.class.path");
			try (Application application = start(server, "with", classPath)) {
				application.post("first");
				await().atMost(Duration.ofSeconds(30))
					.ignoreExceptions()
					.until(() -> query(server, "SELECT values ->> 'body' FROM bemi.changes").equals(List.of("first")));
			}
			assertThat(query(server, LEFT)).hasSize(7);
			// The slot is free as soon as the server notices.
			await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> run(server, "drop.sql"));
			assertThat(query(server, "SELECT values ->> 'body' FROM bemi.changes")).containsExactly("first");
			assertThat(query(server, LEFT)).isEmpty();
			try (Application application = start(server, "without", withoutBemi(classPath))) {
				application.post("second");
			}
			assertThat(query(server, "SELECT body FROM note ORDER BY id")).containsExactly("first", "second");
			run(server, "drop-data.sql");
			assertThat(query(server, "SELECT nspname FROM pg_namespace WHERE nspname = 'bemi'")).isEmpty();
			try (Application application = start(server, "without-data", withoutBemi(classPath))) {
				application.post("third");
			}
			assertThat(query(server, LEFT)).isEmpty();
		}
	}

	/**
	 * The class path without the starter, and without the class that implements its
	 * interface.
	 */
	private String withoutBemi(String classPath) throws IOException {
		Path classes = this.folder.resolve("classes");
		Files.createDirectories(classes);
		FileSystemUtils.copyRecursively(Path.of("target/classes"), classes);
		Files.deleteIfExists(classes.resolve("org/example/notes/TenantContextProvider.class"));
		return Stream
			.concat(Stream.of(classes.toString()),
					Stream.of(classPath.split(File.pathSeparator))
						.filter((entry) -> !entry.contains("bemi-"))
						.filter((entry) -> !entry.endsWith("target/classes") && !entry.endsWith("test-classes")))
			.collect(Collectors.joining(File.pathSeparator));
	}

	private Application start(EmbeddedPostgres server, String name, String classPath) throws IOException {
		Path log = this.folder.resolve(name + ".log");
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				classPath, "org.example.notes.NotesApplication", "--server.port=0",
				"--spring.datasource.url=" + server.getJdbcUrl("postgres", "postgres"))
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		Application application = new Application(process, log);
		await(name).atMost(Duration.ofSeconds(60))
			.until(() -> application.log().contains("Started NotesApplication") || !process.isAlive());
		assertThat(process.isAlive()).as(application.log()).isTrue();
		return application;
	}

	private static boolean run(EmbeddedPostgres server, String script) throws Exception {
		String sql = Files.readString(Path.of(System.getProperty("docs.sql"), script));
		try (Connection connection = server.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute(sql);
			return true;
		}
	}

	private static List<String> query(EmbeddedPostgres server, String sql) throws Exception {
		try (Connection connection = server.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery(sql)) {
			List<String> result = new ArrayList<>();
			while (rows.next()) {
				result.add(rows.getString(1));
			}
			return result;
		}
	}

	/**
	 * The application as a process of its own.
	 */
	private record Application(Process process, Path output) implements AutoCloseable {

		String log() throws IOException {
			return Files.readString(this.output);
		}

		void post(String body) throws Exception {
			String port = log().replaceFirst("(?s).*Tomcat started on port (\\d+).*", "$1");
			HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/notes"))
				.POST(BodyPublishers.ofString(body))
				.header("Content-Type", "text/plain")
				.header("X-Tenant", "acme")
				.build();
			assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
		}

		@Override
		public void close() throws InterruptedException {
			this.process.destroy();
			this.process.waitFor();
		}

	}

}
