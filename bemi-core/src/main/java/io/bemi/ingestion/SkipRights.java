package io.bemi.ingestion;

import io.bemi.pgoutput.PgOutputMessage.LogicalMessage;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a transaction that wants it may leave out of the history what it has
 * written.
 */
interface SkipRights {

	/** No transaction may. */
	SkipRights NONE = (transaction) -> null;

	/**
	 * Whether a message says that its transaction wants to be left out. Anybody can write
	 * one: what it holds counts for nothing.
	 */
	static boolean isWanted(LogicalMessage message) {
		return message.transactional() && "_bemi_skip".equals(message.prefix());
	}

	/**
	 * Looks a transaction up.
	 * @param transaction a transaction with such a message
	 * @return who wants it, and why; {@code null} when it is recorded as usual
	 */
	@Nullable Skip of(SourceTransaction transaction);

	/**
	 * A right that is used.
	 *
	 * @param role the role of the session
	 * @param reason why, in its own words
	 */
	record Skip(String role, String reason) {
	}

}
