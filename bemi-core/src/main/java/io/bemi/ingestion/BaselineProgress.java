package io.bemi.ingestion;

import java.time.Duration;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

/**
 * How far the rows that were there before recording are copied.
 *
 * @param tables how many tables are not complete
 * @param table schema and name of the table that is copied now; {@code null} when nothing
 * is left, or nothing that can be copied before ingestion starts again
 * @param rows how many rows were copied, of tables that were not complete when this
 * process began
 * @param expected how many rows there are in all of them, by the server's estimate
 * @param remaining how long it will take at the pace so far; {@code null} while that is
 * not known
 */
public record BaselineProgress(int tables, @Nullable String table, long rows, long expected,
		@Nullable Duration remaining) {

	/** Nothing is left to copy. */
	public static final BaselineProgress NONE = new BaselineProgress(0, null, 0, 0, null);

	/**
	 * Whether every row is copied.
	 */
	public boolean isComplete() {
		return this.tables == 0;
	}

	/**
	 * How much of the rows is copied, in per cent; below 100 until all of them are. Empty
	 * when no row is expected.
	 */
	public OptionalInt percent() {
		if (isComplete()) {
			return OptionalInt.of(100);
		}
		return (this.expected > 0) ? OptionalInt.of((int) Math.min(99, 100 * this.rows / this.expected))
				: OptionalInt.empty();
	}

	@Override
	public String toString() {
		if (isComplete()) {
			return "complete";
		}
		String percent = percent().isPresent() ? " (" + percent().getAsInt() + " %)" : "";
		String left = (this.remaining != null) ? ", about " + inWords(this.remaining) + " left" : "";
		String now = (this.table != null) ? ", now of " + this.table : "";
		return "%d of about %d rows%s%s%s, %d tables to go".formatted(this.rows, this.expected, percent, left, now,
				this.tables);
	}

	private static String inWords(Duration duration) {
		if (duration.toMinutes() >= 120) {
			return duration.toHours() + " hours";
		}
		return (duration.toSeconds() >= 120) ? duration.toMinutes() + " minutes" : duration.toSeconds() + " seconds";
	}

}
