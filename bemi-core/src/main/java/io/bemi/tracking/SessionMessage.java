package io.bemi.tracking;

/**
 * The message that a trigger writes into the WAL after each statement of a session that
 * Bemi's proxy does not serve. Its content is one JSON object in ASCII: <pre>
 * {"db": {"user": "…", "application": "…", "address": "…"}, "context": "…", "comment": "…", "error": "…"}
 * </pre> {@code context} is the session's setting {@code bemi.context} as it is, in a
 * JSON string: whoever set it may have written anything, and the trigger must not fail on
 * it. It is absent when nothing was set, and too long when there is an {@code error}
 * instead. {@code comment} is likewise what stands at the end of the statement.
 * {@code address} is absent for connections through a Unix socket.
 */
public final class SessionMessage {

	/** Prefix of the message. */
	public static final String PREFIX = "_bemi_session";

	/** Member with what the database knows about the session: an object of strings. */
	public static final String DB = "db";

	/** Member with the raw text of the setting {@code bemi.context}: a string. */
	public static final String CONTEXT = "context";

	/**
	 * Member with the raw comment at the end of the statement, where such comments count:
	 * a string from <code>&#47;*Bemi</code> to <code>Bemi*&#47;</code>.
	 */
	public static final String COMMENT = "comment";

	/**
	 * Member that says why there is no {@link #CONTEXT} or {@link #COMMENT}: a string.
	 */
	public static final String ERROR = "error";

	private SessionMessage() {
	}

}
