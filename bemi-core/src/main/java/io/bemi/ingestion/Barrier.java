package io.bemi.ingestion;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.bemi.pgoutput.PgOutputMessage.LogicalMessage;

/**
 * A message in the log that asks ingestion to note how far it is once it has come here,
 * so that somebody knows that everything before is stored. In a transaction, because that
 * commits after everything that is committed by then, and is flushed at once.
 */
public final class Barrier {

	/**
	 * Writes such a message, in a transaction of its own. Gives its position, before that
	 * of its commit, and which database it is in.
	 */
	public static final String EMIT = """
			SELECT pg_catalog.pg_logical_emit_message(true, '_bemi_heartbeat', 'barrier')::text, pg_catalog.current_database(),
			       (SELECT system_identifier FROM pg_catalog.pg_control_system())::text
			""";

	private static final String PREFIX = "_bemi_heartbeat";

	private static final ByteBuffer CONTENT = ByteBuffer.wrap("barrier".getBytes(StandardCharsets.US_ASCII))
		.asReadOnlyBuffer();

	private Barrier() {
	}

	/**
	 * Whether a message is one.
	 */
	static boolean isOne(LogicalMessage message) {
		return message.transactional() && PREFIX.equals(message.prefix()) && message.content().equals(CONTENT);
	}

}
