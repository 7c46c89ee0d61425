package io.bemi.stitching;

import java.util.Optional;

import io.bemi.change.Position;
import io.bemi.pgoutput.PgOutputMessage.LogicalMessage;

/**
 * A message in the log that may say where rows of its transaction come from.
 *
 * @param source who wrote it
 * @param position where its record ends
 * @param content one JSON object; stitching does not look at it
 */
public record ContextMessage(Source source, Position position, String content) {

	/**
	 * What anybody may write into the log must not exhaust the memory of who reads it:
	 * longer contents, in bytes, are not kept.
	 */
	public static final int MAX_LENGTH = 64 << 20;

	/**
	 * Recognises the context among the messages of the log.
	 * @param message any message
	 * @return the context, or empty when the message has another prefix or is not
	 * transactional (it would survive a rollback)
	 */
	public static Optional<ContextMessage> of(LogicalMessage message) {
		return of(message, MAX_LENGTH);
	}

	/**
	 * Recognises the context where less can be kept.
	 * @param message any message
	 * @param longest how many bytes of content are kept
	 * @return as above, with empty content in place of a longer one
	 */
	public static Optional<ContextMessage> of(LogicalMessage message, int longest) {
		for (Source source : Source.values()) {
			if (message.transactional() && source.prefix().equals(message.prefix())) {
				String content = (message.content().remaining() <= longest) ? message.text() : "";
				return Optional.of(new ContextMessage(source, message.position(), content));
			}
		}
		return Optional.empty();
	}

	/**
	 * Who writes contexts to the log.
	 */
	public enum Source {

		/** The application, which knows its context. */
		APPLICATION("_bemi"),

		/**
		 * A trigger, which knows the session. It counts only in a transaction without any
		 * message of the application.
		 */
		SESSION("_bemi_session");

		private final String prefix;

		Source(String prefix) {
			this.prefix = prefix;
		}

		/**
		 * The prefix of the messages in the log.
		 * @return the exact prefix
		 */
		public String prefix() {
			return this.prefix;
		}

	}

}
