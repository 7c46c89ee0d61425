package io.bemi.query;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

import io.bemi.query.Places.Range;
import org.jspecify.annotations.Nullable;

/**
 * A span of time, one of those that the history is read by: the first is a month, as
 * partitions are, and each further one is longer than all before it.
 *
 * @param since the first moment; {@code null} for no such limit
 * @param until the first moment that does not count any more; {@code null} for no such
 * limit
 */
record Window(@Nullable OffsetDateTime since, @Nullable OffsetDateTime until) {

	/**
	 * The spans that all of the history is in.
	 * @param order in which order they are wanted
	 * @param range the history
	 */
	static List<Window> of(Order order, Range range) {
		List<Window> windows = new ArrayList<>();
		boolean backwards = order == Order.NEWEST_FIRST;
		OffsetDateTime month = month(backwards ? range.last() : range.first());
		OffsetDateTime edge = backwards ? month : month.plusMonths(1);
		windows.add(backwards ? new Window(edge, null) : new Window(null, edge));
		for (int months = 1; backwards ? edge.isAfter(range.first()) : !edge.isAfter(range.last()); months *= 2) {
			OffsetDateTime next = edge.plusMonths(backwards ? -months : months);
			windows.add(backwards ? new Window(next, edge) : new Window(edge, next));
			edge = next;
		}
		return windows;
	}

	/**
	 * When the month of a moment began.
	 */
	static OffsetDateTime month(OffsetDateTime moment) {
		return moment.withOffsetSameInstant(ZoneOffset.UTC).truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1);
	}

	/**
	 * This span, and all that come after it in an order.
	 */
	Window andBeyond(Order order) {
		return (order == Order.NEWEST_FIRST) ? new Window(null, this.until) : new Window(this.since, null);
	}

	/**
	 * What it says of changes.
	 */
	List<Condition> conditions() {
		List<Condition> conditions = new ArrayList<>();
		if (this.since != null) {
			conditions.add(Conditions.since(this.since.toInstant()));
		}
		if (this.until != null) {
			conditions.add(Conditions.until(this.until.toInstant()));
		}
		return conditions;
	}

}
