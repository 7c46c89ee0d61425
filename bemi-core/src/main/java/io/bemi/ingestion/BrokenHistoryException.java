package io.bemi.ingestion;

import io.bemi.change.Position;
import org.jspecify.annotations.Nullable;

/**
 * What the stream sends does not go on from what is stored: the history has a gap, and
 * begins anew.
 */
final class BrokenHistoryException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient @Nullable Position end;

	/**
	 * Says what has happened.
	 * @param reason what, for people
	 * @param end up to where the stored history holds; {@code null} for all of it
	 */
	BrokenHistoryException(String reason, @Nullable Position end) {
		super(reason);
		this.end = end;
	}

	@Nullable Position end() {
		return this.end;
	}

}
