package io.bemi.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

import io.bemi.baseline.IngestingProcess;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A row that memory has no room for ends no process, is named, and is recorded once there
 * is more.
 */
class NoMemoryIntegrationTests {

	private static final String PROBLEM = "Changes are not recorded now";

	@Test
	void aRowThatIsTooLongIsNamedAndWaitsForMoreMemory() throws Exception {
		try (TestDatabase database = PostgresServer.version(18).createDatabase()) {
			database.execute("CREATE TABLE document (id bigint PRIMARY KEY, body text)",
					"CREATE PUBLICATION bemi FOR TABLE document");
			try (IngestingProcess small = IngestingProcess.start(database, "64m")) {
				await(() -> said(small, "Streaming from slot").size() == 1);
				database.execute("INSERT INTO document VALUES (1, 'short')");
				await(() -> recorded(database).equals(List.of("1|5")));
				database.execute(
						"INSERT INTO document SELECT i, repeat(md5(i::text), CASE i WHEN 3 THEN 40 << 15 ELSE 1 END)"
								+ " FROM generate_series(2, 4) i");
				await(() -> !said(small, PROBLEM).isEmpty());
				assertThat(said(small, PROBLEM)).singleElement()
					.asString()
					.matches(
							".*: A change of public\\.document at [0-9A-F]+/[0-9A-F]+ \\(of transaction [0-9]+, committed at"
									+ " [0-9A-F]+/[0-9A-F]+\\) has 41 MB, and takes about 97 MB of memory\\. Raise -Xmx to 192m or so,"
									+ " or start an instance with that much\\. Until then nothing is recorded from there on, and the"
									+ " server keeps its WAL \\(slot '[a-z0-9_]+'\\)");
				// Of the transaction nothing: it would be there in part.
				assertThat(recorded(database)).containsExactly("1|5");
				assertThat(small.isAlive()).isTrue();
				try (IngestingProcess large = IngestingProcess.start(database, "192m")) {
					await(() -> recorded(database).size() == 4);
					assertThat(recorded(database)).containsExactly("1|5", "2|32", "3|41943040", "4|32");
					assertThat(large.isAlive() && small.isAlive()).isTrue();
				}
			}
		}
	}

	/**
	 * The message of such an UPDATE is short; what the row was before is not.
	 */
	@Test
	void aRowThatWasTooLongIsNamedToo() throws Exception {
		try (TestDatabase database = PostgresServer.version(18).createDatabase()) {
			database.execute("CREATE TABLE document (id bigint PRIMARY KEY, body text, title text)",
					"CREATE PUBLICATION bemi FOR TABLE document");
			try (IngestingProcess large = IngestingProcess.start(database, "192m")) {
				await(() -> said(large, "Streaming from slot").size() == 1);
				database.execute("INSERT INTO document VALUES (1, repeat(md5('1'), 40 << 15), 'one')");
				await(() -> recorded(database).equals(List.of("1|41943040")));
				large.kill();
			}
			try (IngestingProcess small = IngestingProcess.start(database, "64m")) {
				await(() -> said(small, "Streaming from slot").size() == 2);
				database.execute("UPDATE document SET title = 'two'");
				await(() -> !said(small, PROBLEM).isEmpty());
				assertThat(said(small, PROBLEM)).singleElement()
					.asString()
					.contains(": What a record of public.document was before a change")
					.contains(" has 41 MB, and takes about 97 MB of memory. Raise -Xmx to 192m or so");
				assertThat(small.isAlive()).isTrue();
			}
		}
	}

	private static List<String> recorded(TestDatabase database) {
		return database
			.query("SELECT primary_key, length(values ->> 'body') FROM bemi.changes ORDER BY primary_key::bigint");
	}

	private static List<String> said(IngestingProcess process, String start) {
		try {
			return process.log().stream().filter((line) -> line.contains(start)).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void await(java.util.concurrent.Callable<Boolean> condition) {
		Awaitility.await()
			.atMost(Duration.ofMinutes(1))
			.pollInterval(Duration.ofMillis(100))
			.ignoreExceptionsInstanceOf(IllegalStateException.class)
			.until(condition);
	}

}
