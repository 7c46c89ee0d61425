package io.bemi.kafka;

import java.io.StringReader;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.postgresql.copy.CopyManager;
import org.postgresql.PGConnection;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rows of a COPY share records of the log, so that a connector that is killed may have
 * sent a part of one.
 */
class CopiedRowsIntegrationTests {

	private static final int KILLS = Boolean.getBoolean("bemi.soak") ? 10 : 1;

	private static final int TRANSACTIONS = 10;

	private static final int ROWS = 3_000;

	@Test
	void noneIsLostOrTwiceWhenTheConnectorIsKilled() throws Exception {
		try (TwoPaths paths = TwoPaths.on("CREATE TABLE keyed (id int PRIMARY KEY, t text)",
				"CREATE TABLE keyless (id int, t text)", "ALTER TABLE keyless REPLICA IDENTITY FULL")) {
			paths.startConsumer();
			Random random = new Random();
			String topics = paths.database().name() + ".public.";
			for (int kill = 0; kill < KILLS; kill++) {
				long before = paths.servers().messages(topics);
				for (int transaction = 0; transaction < TRANSACTIONS; transaction++) {
					copy(paths, (kill * TRANSACTIONS + transaction) * ROWS);
				}
				long sent = before + random.nextInt(TRANSACTIONS * ROWS);
				Awaitility.await()
					.pollInterval(Duration.ofMillis(10))
					.until(() -> paths.servers().messages(topics) > sent);
				paths.servers().restartConnect(paths.connector());
			}
			paths.awaitStored(Duration.ofSeconds(180));
			assertThat(
					paths.query("SELECT (SELECT count(*) FROM kafka.changes) - (SELECT count(*) FROM direct.changes)"))
				.containsExactly("0");
			assertThat(paths.different()).isEmpty();
		}
	}

	private static void copy(TwoPaths paths, int first) throws Exception {
		String rows = IntStream.range(first, first + ROWS)
			.mapToObj((id) -> id + "\trow\n")
			.collect(Collectors.joining());
		try (Connection connection = paths.database().connect(); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
			copies.copyIn("COPY " + ((first % (2 * ROWS) == 0) ? "keyed" : "keyless") + " FROM STDIN",
					new StringReader(rows));
			copies.copyIn("COPY " + ((first % (2 * ROWS) == 0) ? "keyless" : "keyed") + " FROM STDIN",
					new StringReader(rows));
			statement.execute("UPDATE keyed SET id = -id WHERE id BETWEEN %d AND %d".formatted(first + 1, first + 100));
			connection.commit();
		}
	}

}
