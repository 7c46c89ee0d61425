package io.bemi.benchmarks;

import java.time.Duration;
import java.time.Instant;

import io.bemi.change.Position;

/**
 * Changes of rows of 8 columns in 20 tables, as the text that COPY takes: of ten, four
 * create a row, five change two columns of one, one deletes one. A context has about 300
 * bytes.
 */
final class StoreChanges {

	private static final int TABLES = 20;

	private static final int PER_RECORD = 10;

	/** Between the positions of two changes. */
	private static final long BYTES = 256;

	private static final Instant FIRST = Instant.parse("2025-01-01T00:00:00Z");

	private final int changes;

	private final int perTransaction;

	StoreChanges(int changes, int perTransaction) {
		this.changes = changes;
		this.perTransaction = perTransaction;
	}

	/**
	 * The rows of Bemi's {@code change}.
	 */
	String rows(int from, int to) {
		return lines(from, to, (text, change) -> {
			int transaction = change / this.perTransaction;
			add(text, committedAt(transaction), 1, position(transaction), change % this.perTransaction,
					1 + record(change) % TABLES, transaction + 1, 0, operation(change).charAt(0), record(change), "\\N",
					image(change, true), operation(change).equals("UPDATE") ? replaced(change) : "\\N", "\\N");
		});
	}

	/**
	 * The rows of Bemi's {@code context}.
	 */
	String contexts(int from, int to) {
		return lines(from / this.perTransaction, to / this.perTransaction, (text, transaction) -> add(text,
				committedAt(transaction), 1, position(transaction), 0, transaction + 1, context(transaction)));
	}

	/**
	 * The rows of the original's table.
	 */
	String flatRows(int from, int to) {
		return lines(from, to, (text, change) -> {
			int transaction = change / this.perTransaction;
			String operation = operation(change);
			String at = committedAt(transaction);
			add(text, at, record(change), operation.equals("DELETE") ? "{}" : image(change, true), context(transaction),
					"app", "public", "table_" + record(change) % TABLES, operation, at, at, transaction + 1,
					(change + 1) * BYTES,
					operation.equals("CREATE") ? "{}" : image(change, operation.equals("DELETE")));
		});
	}

	private static String lines(int from, int to, Line line) {
		StringBuilder text = new StringBuilder();
		for (int number = from; number < to; number++) {
			line.append(text, number);
			text.setCharAt(text.length() - 1, '\n');
		}
		return text.toString();
	}

	private static void add(StringBuilder text, Object... values) {
		for (Object value : values) {
			text.append(value).append('\t');
		}
	}

	private String committedAt(int transaction) {
		Duration step = Duration.ofDays(28).dividedBy(this.changes / this.perTransaction + 1);
		return FIRST.plus(step.multipliedBy(transaction)).toString();
	}

	private String position(int transaction) {
		return new Position((transaction + 1L) * this.perTransaction * BYTES).toString();
	}

	private static String operation(int change) {
		int of = change % 10;
		return (of < 4) ? "CREATE" : (of < 9) ? "UPDATE" : "DELETE";
	}

	private int record(int change) {
		return (int) (change * 7_919L % (this.changes / PER_RECORD));
	}

	private static String status(int number) {
		return switch (number % 3) {
			case 0 -> "new";
			case 1 -> "paid";
			default -> "sent";
		};
	}

	/**
	 * A row.
	 * @param after whether that after the change
	 */
	private String image(int change, boolean after) {
		int number = after ? change : change - 1;
		return "{\"id\":" + record(change) + ",\"customer\":" + record(change) % 1_000 + ",\"status\":\""
				+ status(number) + "\",\"amount\":" + number % 10_000 + ".50,\"note\":\""
				+ Question.md5("n" + record(change)) + "\",\"paid\":" + (record(change) % 2 == 0)
				+ ",\"created_at\":\"2024-12-24T18:30:00.123456+00:00\",\"code\":" + record(change) + "}";
	}

	private static String replaced(int change) {
		return "{\"status\":\"" + status(change - 1) + "\",\"amount\":" + (change - 1) % 10_000 + ".50}";
	}

	private static String context(int transaction) {
		return "{\"user\":\"user-" + transaction * 31L % 1_000 + "\",\"tenant\":\"tenant-" + transaction % 10
				+ "\",\"endpoint\":\"PUT /orders/{id}\",\"requestId\":\"" + Question.md5("r" + transaction)
				+ "\",\"params\":{\"page\":" + transaction % 7
				+ "},\"_bemi\":{\"entryPoint\":\"http\",\"method\":\"OrderController.update\",\"traceId\":\""
				+ Question.md5("t" + transaction / 3) + "\",\"spanId\":\""
				+ Question.md5("s" + transaction).substring(16) + "\"}}";
	}

	/**
	 * Appends a line.
	 */
	@FunctionalInterface
	private interface Line {

		void append(StringBuilder text, int number);

	}

}
