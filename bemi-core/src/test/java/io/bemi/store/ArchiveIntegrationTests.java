package io.bemi.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Period;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;

import io.bemi.store.archive.HistoryArchive;
import io.bemi.store.erasure.ErasureReport;
import io.bemi.store.erasure.HistoryEraser;
import io.bemi.store.erasure.RecordErasure;
import io.bemi.store.retention.RetentionSettings;
import io.bemi.store.retention.Upkeep;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link HistoryArchive}: months are archived, come back, and forget.
 */
class ArchiveIntegrationTests {

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void whatIsArchivedComesBackAsItWas(int version, @TempDir Path directory) throws Exception {
		try (Capture capture = Capture.on(version); TestDatabase elsewhere = elsewhere(capture.database())) {
			capture.start();
			TestDatabase store = capture.database();
			store.execute("INSERT INTO todo SELECT i, E'tab\\t\\\\ \\r\\n é 😀 ' || i FROM generate_series(1, 500) i",
					"UPDATE todo SET task = NULL WHERE id % 2 = 0", "DELETE FROM todo WHERE id % 5 = 0",
					"INSERT INTO full_row VALUES (1, 'x', 1.50), (2, NULL, NULL)", "UPDATE full_row SET c = 2",
					"TRUNCATE full_row");
			capture.awaitChanges(500 + 250 + 100 + 2 + 2 + 1);
			Upkeep.age(store, "0/0", "FFFFFFFF/FFFFFFFF", 100);
			String changes = "SELECT c::text FROM %s.changes c ORDER BY c.id";
			String raw = "SELECT committed_at, source, position, ordinal, relation, context, operation, image, replaced, previous_key, unknown"
					+ " FROM %s.change WHERE committed_at > '-infinity' ORDER BY position, ordinal, image";
			List<String> before = store.query(changes.formatted("bemi"));
			List<String> rows = store.query(raw.formatted("bemi"));
			List<String> contexts = store.query("SELECT x::text FROM bemi.context x ORDER BY position");
			Upkeep.look(store, new RetentionSettings(Period.ofDays(50), List.of(), directory), () -> false);
			assertThat(store.query(changes.formatted("bemi"))).isEmpty();
			Path file = Path.of(store.query("SELECT archive FROM bemi.dropped").get(0));
			assertThat(directory).isDirectoryContaining((found) -> found.equals(file));
			try (var files = Files.list(directory)) {
				assertThat(files).hasSize(2);
			}
			try (Connection connection = store.connect()) {
				new HistoryArchive(file).restore(connection, "bemi_archive");
				assertThatExceptionOfType(SQLException.class)
					.isThrownBy(() -> new HistoryArchive(file).restore(connection, "bemi_archive"))
					.withMessageContaining("already");
				assertThatExceptionOfType(SQLException.class)
					.isThrownBy(() -> new HistoryArchive(file).restore(connection, "bemi"))
					.withMessageContaining("Changes are recorded in that schema");
			}
			assertThat(store.query(changes.formatted("bemi_archive"))).hasSizeGreaterThan(800).isEqualTo(before);
			assertThat(store.query(raw.formatted("bemi_archive"))).isEqualTo(rows);
			assertThat(store.query("SELECT x::text FROM bemi_archive.context x ORDER BY position")).isEqualTo(contexts);
			try (Connection connection = elsewhere.connect()) {
				new HistoryArchive(file).restore(connection, "bemi_archive");
			}
			assertThat(elsewhere.query(changes.formatted("bemi_archive"))).isEqualTo(before);
			damage(file);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> new HistoryArchive(file).verify())
				.withMessageContaining("not the file that its manifest describes");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void whatIsErasedIsInNoArchiveAndNotAmongWhatIsKept(int version, @TempDir Path directory) throws Exception {
		String secret = "secret" + version;
		try (Capture capture = Capture.on(version)) {
			TestDatabase store = capture.database();
			capture.start(Chain.settings(store));
			store.execute("INSERT INTO todo VALUES (1, '" + secret + "'), (2, 'open')",
					"UPDATE todo SET task = task || '!'",
					"BEGIN; UPDATE todo SET task = '" + secret + "' WHERE id = 1;"
							+ " SELECT pg_logical_emit_message(true, '_bemi', '{\"user\": \"who-" + secret
							+ "\"}'); COMMIT");
			capture.awaitChanges(2 + 2 + 1);
			Upkeep.age(store, "0/0", "FFFFFFFF/FFFFFFFF", 100);
			Upkeep.chain(store);
			Upkeep.look(store, new RetentionSettings(Period.ofDays(50), List.of(), directory), () -> false);
			Path file = Path.of(store.query("SELECT archive FROM bemi.dropped").get(0));
			assertThat(text(file)).contains(secret, "who-" + secret);
			assertThat(store.query("SELECT count(*) FROM bemi.change_kept WHERE image ->> 'task' = '" + secret + "'"))
				.containsExactly("1");

			HistoryEraser eraser = new HistoryEraser(store.dataSource(), "bemi");
			RecordErasure erasure = RecordErasure.of("public", "todo", "1", "asked for");
			ErasureReport report = eraser.erase(erasure);
			assertThat(report.changes()).isEqualTo(1);
			assertThat(report.archives()).containsExactly(file.toString());
			HistoryArchive archive = new HistoryArchive(file);
			assertThat(eraser.eraseFrom(archive, erasure).changes()).isEqualTo(3);
			assertThat(text(file)).doesNotContain("\"" + secret, secret + "!").contains("who-" + secret, "open!");
			assertThat(eraser.eraseContextFrom(archive, List.of("user"), "who-" + secret, null, "asked for").contexts())
				.isEqualTo(1);
			assertThat(text(file)).doesNotContain(secret).contains("open!");
			byte[] left = Files.readAllBytes(file);
			assertThat(eraser.eraseFrom(archive, RecordErasure.of("public", "todo", "7", "nothing")).changes())
				.isZero();
			assertThat(Files.readAllBytes(file)).isEqualTo(left);
			archive.verify();
			assertThat(store.query("SELECT archive_sha256, archive_rewritten_at IS NOT NULL FROM bemi.dropped"))
				.containsExactly(sha256(file) + "|t");
			assertThat(store.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'bemi\\_%'")).isEmpty();
			assertThat(Upkeep.verify(store).removed()).isZero();
			store.execute("VACUUM (FULL) pg_statistic", "CHECKPOINT");
			assertThat(store.query("SELECT c::text FROM bemi.change c").toString()).doesNotContain(secret);
			try (TestDatabase other = elsewhere(store); Connection connection = other.connect()) {
				archive.restore(connection, "bemi_archive");
				assertThat(other.query(
						"SELECT operation, values, unknown FROM bemi_archive.changes WHERE primary_key = '1' ORDER BY id"))
					.containsExactly("CREATE|{\"id\": 1}|{isCompleted,task}", "UPDATE|{\"id\": 1}|{isCompleted,task}",
							"UPDATE|{\"id\": 1}|{isCompleted,task}");
			}
		}
	}

	private static String text(Path file) throws IOException {
		try (var in = new GZIPInputStream(Files.newInputStream(file))) {
			return new String(in.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private static String sha256(Path file) throws Exception {
		return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
	}

	private static TestDatabase elsewhere(TestDatabase beside) {
		return beside.server().createDatabase();
	}

	private static void damage(Path file) throws IOException {
		byte[] bytes = Files.readAllBytes(file);
		bytes[bytes.length / 2] ^= 1;
		Files.write(file, bytes);
	}

}
