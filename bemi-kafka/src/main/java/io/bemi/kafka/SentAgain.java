package io.bemi.kafka;

import java.util.HashSet;
import java.util.Set;

import io.bemi.change.Position;
import io.bemi.kafka.Event.Change;
import io.bemi.kafka.Event.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Knows what a connector that has begun again within a transaction has sent once more,
 * and counted as another event: the last messages, and perhaps the last change (Debezium
 * 3.7.0, of the first record of a transaction).
 */
final class SentAgain {

	/**
	 * Rows without a key may be the same. Those of one record are sent together, and to
	 * begin again takes longer.
	 */
	private static final long APART_MILLIS = 1_000;

	private Position last = Position.ZERO;

	private Position lastMessage = Position.ZERO;

	private @Nullable Change lastChange;

	/** Rows of one record of the log, of tables with keys: no two are the same. */
	private final Set<Row> rows = new HashSet<>();

	/**
	 * Begins with another transaction.
	 */
	void begin() {
		this.last = Position.ZERO;
		this.lastMessage = Position.ZERO;
		this.lastChange = null;
		this.rows.clear();
	}

	/**
	 * Whether the next event of a transaction was there before.
	 */
	boolean includes(Change change) {
		// The log has the changes and messages of a transaction in their order.
		boolean again = this.last.isAfter(change.position()) || switch (change.kind()) {
			case MESSAGE -> !change.position().isAfter(this.lastMessage);
			case CREATE, UPDATE, DELETE, TRUNCATE, KEY_BEFORE, KEY_AFTER -> isKnown(change);
		};
		if (change.kind() != Kind.MESSAGE) {
			this.lastChange = change;
		}
		else if (!again) {
			this.lastMessage = change.position();
		}
		if (!again) {
			this.last = change.position();
		}
		return again;
	}

	private boolean isKnown(Change change) {
		Change before = this.lastChange;
		if (before == null || !before.position().equals(change.position())) {
			this.rows.clear();
			this.rows.add(Row.of(change));
			return false;
		}
		TableDescription table = change.table();
		if (table != null && !table.key().isEmpty()) {
			return !this.rows.add(Row.of(change));
		}
		return change.sentAt() - before.sentAt() >= APART_MILLIS && Row.of(change).equals(Row.of(before));
	}

	private record Row(Kind kind, @Nullable TableDescription table, @Nullable String before, @Nullable String after) {

		static Row of(Change change) {
			return new Row(change.kind(), change.table(), change.before(), change.after());
		}

	}

}
