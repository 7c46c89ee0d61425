package io.bemi.replication;

import io.bemi.change.Position;
import org.jspecify.annotations.Nullable;

/**
 * The past of a timeline: one line for each earlier one, with its number, where it was
 * left, and why. See <a href=
 * "https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-TIMELINES">
 * Timelines</a>.
 */
final class TimelineHistory {

	private TimelineHistory() {
	}

	/**
	 * Where a timeline was left.
	 * @param content the text of the history file
	 * @param timeline the timeline
	 * @return the position; {@code null} when it is none of the earlier ones
	 */
	static @Nullable Position left(String content, int timeline) {
		return content.lines()
			.map(String::strip)
			.filter((line) -> !line.isEmpty() && !line.startsWith("#"))
			.map((line) -> line.split("\\s+", 3))
			.filter((parts) -> parts[0].equals(String.valueOf(timeline)))
			.map((parts) -> Position.parse(parts[1]))
			.findFirst()
			.orElse(null);
	}

}
