package io.bemi.benchmarks;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.function.ToIntBiFunction;

import io.bemi.change.Position;
import io.bemi.query.ChangeQuery;
import io.bemi.query.SlowQueryException;

/**
 * What is asked, of whichever store.
 */
enum Question {

	/** The history of a record. */
	RECORD((store, random) -> {
		int record = store.anyRecord(random);
		return count(store.changes()
			.query()
			.schema("public")
			.table("table_" + record % ReadStore.TABLES)
			.primaryKey(record));
	}),

	/** A context key that a transaction has alone. */
	REQUEST((store,
			random) -> count(store.changes().query().context("requestId", md5("r" + store.anyTransaction(random))))),

	/** A context key that one in a thousand transactions has. */
	USER((store, random) -> count(store.changes().query().context("user", "user-" + random.nextInt(ReadStore.USERS)))),

	/** A context key that one in ten transactions has. */
	TENANT((store, random) -> count(store.changes().query().context("tenant", "tenant-" + random.nextInt(10)))),

	/** A trace over three transactions. */
	TRACE((store, random) -> count(store.changes().query().trace(md5("t" + store.anyTransaction(random) / 3)))),

	/** One transaction. */
	TRANSACTION((store, random) -> count(store.changes().query().transaction(store.anyTransaction(random)))),

	/** A table within a day. */
	TABLE_DAY((store, random) -> {
		Instant day = store.moment(random.nextDouble(), ReadComparison.PER_MONTH);
		return count(store.changes()
			.query()
			.table("table_" + random.nextInt(ReadStore.TABLES))
			.since(day)
			.until(day.plus(Duration.ofDays(1))));
	}),

	/** The newest changes. */
	FIRST_PAGE((store, random) -> store.changes().query().limit(50).page().changes().size()),

	/** A page somewhere in the history. */
	DEEP_PAGE((store, random) -> {
		ChangeQuery query = store.changes().query().limit(50);
		Position place = new Position(store.anyTransaction(random) * (long) ReadStore.BYTES);
		return query.toPosition(place).page().changes().size();
	}),

	/** The content of 100 000 changes: in no index. */
	CONTENT((store, random) -> {
		double part = 100_000.0 / store.transactions() / 5;
		double from = random.nextDouble() * Math.max(0, 1 - part);
		try {
			return count(store.changes()
				.query()
				.since(store.moment(from, ReadComparison.PER_MONTH))
				.until(store.moment(from + part, ReadComparison.PER_MONTH))
				.values(Map.of("task", "nothing")));
		}
		catch (SlowQueryException ex) {
			return 0;
		}
	});

	private final ToIntBiFunction<ReadStore, Random> ask;

	Question(ToIntBiFunction<ReadStore, Random> ask) {
		this.ask = ask;
	}

	boolean isIndexed() {
		return this != CONTENT;
	}

	/**
	 * Asks, with values drawn at random.
	 * @return how many changes were found
	 */
	int ask(ReadStore store, Random random) {
		return this.ask.applyAsInt(store, random);
	}

	private static int count(ChangeQuery query) {
		return query.list().size();
	}

	static String md5(String text) {
		try {
			byte[] hash = java.security.MessageDigest.getInstance("MD5")
				.digest(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
			return java.util.HexFormat.of().formatHex(hash);
		}
		catch (java.security.NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
