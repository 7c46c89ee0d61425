package io.bemi.kafka;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;

import io.bemi.change.Position;
import io.bemi.kafka.Event.Change;
import io.bemi.kafka.Event.End;
import io.bemi.kafka.Event.Kind;
import io.bemi.kafka.StagedTransactions.Arrived;
import io.bemi.store.StoreSettings;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A transaction is whole when all of it is there, and not before, looked at after each
 * record that arrives of a connector that is killed within it.
 */
class StagedTransactionsIntegrationTests {

	private static final int TRANSACTIONS = Boolean.getBoolean("bemi.soak") ? 20_000 : 400;

	@Test
	void isWholeWhenAllOfItIsThere() throws SQLException {
		Random seeds = new Random();
		try (TestDatabase database = PostgresServer.shared().createDatabase()) {
			Staging staging = new Staging(new StoreSettings(database.url(), database.server().username(),
					database.server().password(), "bemi"), "shop");
			Connection connection = staging.connect();
			int feed = staging.feed(connection);
			Map<TopicPartition, Long> offsets = new HashMap<>();
			try (StagedTransactions staged = new StagedTransactions(connection, feed);
					StagingWriter writer = new StagingWriter(staging.connect(), feed,
							new EventReader(new KafkaSettings("shop", "bemi", Map.of())))) {
				take(writer);
				Position done = Position.ZERO;
				for (int i = 0; i < TRANSACTIONS; i++) {
					long seed = seeds.nextLong();
					Random random = new Random(seed);
					ConnectorRuns runs = new ConnectorRuns(random, 100 + i, 10_000L * (i + 1));
					List<String> found = new ArrayList<>();
					for (Consumer<Records> record : ConnectorRuns.arrivals(random, List.of(runs))) {
						Records records = new Records(offsets);
						record.accept(records);
						writer.write(records.get());
						End end = found.isEmpty() ? whole(staged, done) : null;
						if (end != null) {
							found.addAll(read(staged, end));
							done = end.position();
							assertThat(found).as("seed %d", seed).containsExactlyElementsOf(runs.all());
						}
						staged.leave();
					}
					assertThat(found).as("seed %d", seed).isNotEmpty();
				}
			}
		}
	}

	private static void take(StagingWriter writer) throws SQLException {
		for (int partition = 0; partition < 3; partition++) {
			writer.take(new TopicPartition("shop.public.todo", partition), 0);
			writer.take(new TopicPartition("shop.message", partition), 0);
		}
		writer.take(new TopicPartition("shop.transaction", 0), 0);
	}

	private static @Nullable End whole(StagedTransactions staged, Position done) throws SQLException {
		staged.look();
		return staged.next(done).stream().filter(Arrived::isComplete).map(Arrived::end).findFirst().orElse(null);
	}

	private static List<String> read(StagedTransactions staged, End end) throws SQLException {
		List<String> found = new ArrayList<>();
		SentAgain again = new SentAgain();
		staged.read(List.of(end), (same, change) -> {
			if (again.includes(change)) {
				return;
			}
			if (change.kind() != Kind.MESSAGE) {
				found.add(text(change).replaceAll(".*\"t(\\d+)\".*", "$1"));
			}
			else {
				found.add(new String(HexFormat.of().parseHex(text(change)), StandardCharsets.UTF_8)
					.replaceAll(".*(u\\d+).*", "$1"));
			}
		});
		return found;
	}

	private static String text(Change change) {
		return Objects.requireNonNull(change.after());
	}

}
