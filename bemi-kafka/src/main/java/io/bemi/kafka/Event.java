package io.bemi.kafka;

import io.bemi.change.Position;
import org.jspecify.annotations.Nullable;

/**
 * What a record says.
 */
sealed interface Event {

	/**
	 * A change of a row or a table, or a message.
	 *
	 * @param xid the id of its transaction, without epoch
	 * @param order its place in the transaction, from 1, as the connector counts
	 * @param sentAt when the connector has sent it, in milliseconds since 1970
	 * @param position its position in the log
	 * @param committedAt when the transaction committed, in microseconds since 1970
	 * @param kind what it is
	 * @param table the table; {@code null} of a message
	 * @param before the row before as JSON, or the prefix of a message
	 * @param after the row afterwards as JSON, or the content of a message in hexadecimal
	 */
	record Change(long xid, long order, long sentAt, Position position, long committedAt, Kind kind,
			@Nullable TableDescription table, @Nullable String before, @Nullable String after) implements Event {
	}

	/**
	 * The end of a transaction.
	 *
	 * @param position where its commit record ends
	 * @param xid its id, without epoch
	 * @param events how many changes and messages it has, as the connector counts
	 * @param changes how many of them are no messages
	 * @param sentAt when the connector has sent it, in milliseconds since 1970
	 */
	record End(Position position, long xid, long events, long changes, long sentAt) implements Event {
	}

	/**
	 * What a change is.
	 */
	enum Kind {

		CREATE('c'), UPDATE('u'), DELETE('d'), TRUNCATE('t'), MESSAGE('m'),

		/** The row before its key was changed. */
		KEY_BEFORE('k'),

		/** The row after its key was changed. */
		KEY_AFTER('n');

		private final char code;

		Kind(char code) {
			this.code = code;
		}

		char code() {
			return this.code;
		}

		static Kind of(char code) {
			for (Kind kind : values()) {
				if (kind.code == code) {
					return kind;
				}
			}
			throw new IllegalStateException("Expected the code of a kind of change, but found '" + code + "'");
		}

	}

}
