package io.bemi.store;

import java.nio.file.Files;
import java.nio.file.Path;

import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.IngestionStatus.Phase;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The way to stop for good that {@code docs/uninstall.md} describes, with several
 * instances.
 */
class UninstallWhileRunningIntegrationTests {

	private static final Path DOCS = Path.of("../docs");

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void nothingIsRemovedUntilTheLastInstanceHasStoppedAndThenEverything(int version) throws Exception {
		String drop = Files.readString(DOCS.resolve("sql/drop.sql"));
		try (TrackedCapture tracked = TrackedCapture.on(version, false)) {
			tracked.database().execute("INSERT INTO todo VALUES (1, 'recorded')");
			assertThat(tracked.query("SELECT count(*) FROM bemi.changes WHERE \"table\" = 'todo'"))
				.containsExactly("1");
			Ingester second = tracked.start();
			Awaitility.await().until(() -> second.status().phase() == Phase.STANDBY);
			String left = Files.readString(DOCS.resolve("uninstall.md"));
			left = left.substring(left.lastIndexOf("```sql") + 6, left.lastIndexOf("```"));
			assertThat(tracked.database().query(left)).isNotEmpty();
			assertRefused(tracked, drop);
			tracked.stopFirst();
			Awaitility.await().until(() -> second.status().phase() == Phase.STREAMING);
			assertRefused(tracked, drop);
			tracked.stop();
			// The server ends a session a moment after its connection was closed.
			Awaitility.await()
				.until(() -> tracked.database()
					.query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'bemi-ingestion%'")
					.isEmpty());
			tracked.database().execute(drop);
			assertThat(tracked.database().query(left)).isEmpty();
			assertThat(tracked.database().query("SELECT count(*) FROM bemi.changes WHERE \"table\" = 'todo'"))
				.containsExactly("1");
			tracked.database().execute(Files.readString(DOCS.resolve("sql/drop-data.sql")));
			assertThat(tracked.database().query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'bemi%'"))
				.isEmpty();
		}
	}

	private static void assertRefused(TrackedCapture tracked, String drop) {
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> tracked.database().execute(drop))
			.withMessageContaining("still run");
	}

}
