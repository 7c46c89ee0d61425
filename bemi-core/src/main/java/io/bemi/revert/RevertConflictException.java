package io.bemi.revert;

import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Conflicts that are to abort a revert did so. Nothing was changed.
 */
public class RevertConflictException extends RevertException {

	private static final int SHOWN = 5;

	private final transient List<RevertConflict> conflicts;

	/**
	 * Creates one.
	 * @param conflicts at least one
	 * @param cause what the server said, or {@code null}
	 */
	public RevertConflictException(List<RevertConflict> conflicts, @Nullable Throwable cause) {
		super(message(conflicts), cause);
		this.conflicts = List.copyOf(conflicts);
	}

	private static String message(List<RevertConflict> conflicts) {
		return conflicts.stream()
			.limit(SHOWN)
			.map(RevertConflict::toString)
			.collect(Collectors.joining("; ", "Nothing was reverted, because of " + conflicts.size() + " conflict(s): ",
					(conflicts.size() > SHOWN) ? "; ..." : ""));
	}

	/**
	 * The conflicts.
	 * @return at least one
	 */
	public List<RevertConflict> conflicts() {
		return this.conflicts;
	}

}
