package io.bemi.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.bemi.change.Position;
import io.bemi.ingestion.ChangeSink.SinkSource;
import io.bemi.ingestion.SinkWrite;
import io.bemi.ingestion.SourceTransaction;
import io.bemi.ingestion.TransactionContext;
import io.bemi.replication.SourceIdentity;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.tracking.SchemaMigrator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A clock that is set back, or forth and back, hides no transaction: as of a time the
 * last one in the log counts that committed then or before.
 */
class SetbackIntegrationTests {

	private static final Instant START = Instant.parse("2026-03-10T10:00:00Z");

	private static final SourceIdentity SHOP = new SourceIdentity("1", 1, "shop", "bemi_shop");

	private final Random random = new Random(5);

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void theLastTransactionOfATimeIsFoundWhereverItIs(int version) throws SQLException {
		try (TestDatabase database = PostgresServer.version(version).createDatabase();
				PostgresChangeSink sink = new PostgresChangeSink(new StoreSettings(database.url(),
						database.server().username(), database.server().password(), "bemi"))) {
			List<SourceTransaction> transactions = transactions();
			store(sink, transactions);
			database.execute(
					"INSERT INTO bemi.baseline (source, oid, schema, name, since, ordinal, committed_at, transaction_id)"
							+ " VALUES (1, 1, 'public', 'todo', '0/1', 0, '2020-01-01 00:00+00', 1)");
			assertThat(setback(database)).isEqualTo(setback(transactions));
			check(database, transactions);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aMigrationFindsByHowMuchTheClockWasSetBack(int version) throws SQLException {
		try (TestDatabase database = PostgresServer.version(version).createDatabase()) {
			List<SourceTransaction> transactions = transactions();
			try (Connection connection = database.connect()) {
				new SchemaMigrator("store", "bemi",
						List.of("V001__store.sql", "V002__baseline.sql", "V003__timetravel.sql"), StoreSchema.class)
					.migrate(connection);
				database.execute("CREATE TABLE bemi.context_all PARTITION OF bemi.context DEFAULT",
						"INSERT INTO bemi.source (name, database, system_identifier, timeline) VALUES ('bemi_shop', 'shop', '1', 1)",
						"INSERT INTO bemi.baseline (source, oid, schema, name, since, ordinal, committed_at, transaction_id)"
								+ " VALUES (1, 1, 'public', 'todo', '0/1', 0, '2020-01-01 00:00+00', 1)");
				for (SourceTransaction transaction : transactions) {
					database.execute("INSERT INTO bemi.context VALUES ('%s', 1, '%s', 0, %d, '{}')"
						.formatted(transaction.committedAt(), transaction.position(), transaction.transactionId()));
				}
				new StoreSchema("bemi").migrate(connection);
			}
			assertThat(setback(database)).isEqualTo(setback(transactions));
			check(database, transactions);
		}
	}

	/**
	 * Times a little out of order, and now and then minutes, hours or years away.
	 */
	private List<SourceTransaction> transactions() {
		List<SourceTransaction> transactions = new ArrayList<>();
		Instant clock = START;
		for (int i = 1; i <= 400; i++) {
			if (i == 200 || i == 205) {
				clock = clock.plus(Duration.ofDays((i == 200) ? 4000 : -4000));
			}
			else if (this.random.nextInt(25) == 0) {
				clock = clock.plusSeconds(this.random.nextInt(-8000, 8000));
			}
			clock = clock.plusMillis(this.random.nextInt(20_000));
			transactions
				.add(new SourceTransaction(new Position(i * 100L), clock.minusMillis(this.random.nextInt(20_000)), i));
		}
		return transactions;
	}

	/**
	 * In several writes, some of them lost, and several sessions.
	 */
	private void store(PostgresChangeSink sink, List<SourceTransaction> transactions) {
		SinkSource source = sink.open(SHOP);
		int from = 0;
		while (from < transactions.size()) {
			List<SourceTransaction> some = transactions.subList(from,
					Math.min(transactions.size(), from + 1 + this.random.nextInt(12)));
			boolean lost = this.random.nextInt(5) == 0;
			Position next = some.get(some.size() - 1).position();
			try (SinkWrite write = sink.begin(source, next)) {
				write.appendContexts(some.stream().map((one) -> new TransactionContext(one, 0, "{}")).toList());
				if (!lost) {
					write.commit();
				}
			}
			if (!lost) {
				source = new SinkSource(source.id(), next, source.timeline());
				from += some.size();
			}
			if (this.random.nextInt(5) == 0) {
				source = sink.open(SHOP);
			}
		}
	}

	private static Duration setback(TestDatabase database) {
		return Duration.of(Long.parseLong(database.query("SELECT setback FROM bemi.source").get(0)), ChronoUnit.MICROS);
	}

	/**
	 * By how much a transaction is at most earlier than one before it.
	 */
	private static Duration setback(List<SourceTransaction> transactions) {
		Duration setback = Duration.ZERO;
		Instant latest = Instant.MIN;
		for (SourceTransaction transaction : transactions) {
			Instant time = transaction.committedAt();
			latest = time.isAfter(latest) ? time : latest;
			Duration earlier = Duration.between(time, latest);
			setback = (earlier.compareTo(setback) > 0) ? earlier : setback;
		}
		return setback;
	}

	private void check(TestDatabase database, List<SourceTransaction> transactions) {
		for (int i = 0; i < 300; i++) {
			SourceTransaction near = transactions.get(this.random.nextInt(transactions.size()));
			Instant time = near.committedAt().plusMillis(this.random.nextInt(3) * this.random.nextInt(-90_000, 90_000));
			String last = transactions.stream()
				.filter((transaction) -> !transaction.committedAt().isAfter(time))
				.map(SourceTransaction::position)
				.max(Position::compareTo)
				.map(Position::toString)
				.orElse("0/1");
			assertThat(database.query("SELECT split_part(bemi.moment('time', '" + time + "', true, 'shop'), ' ', 2)"))
				.as(time.toString())
				.containsExactly(last);
		}
	}

}
