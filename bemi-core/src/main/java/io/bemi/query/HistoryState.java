package io.bemi.query;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * How complete the history is.
 *
 * @param tables how many tables' rows had to be copied, which were there before changes
 * of them were recorded
 * @param completed how many of these tables are copied
 * @param rows how many rows were copied
 * @param gaps where the history was interrupted, the newest first; at most 100
 */
public record HistoryState(long tables, long completed, long rows, List<Interruption> gaps) {

	public HistoryState {
		gaps = List.copyOf(gaps);
	}

	/**
	 * Where the history was interrupted.
	 *
	 * @param source the name of the source
	 * @param reason what happened, for people
	 * @param fromTime when the last change before it was committed; {@code null} when
	 * there is none
	 * @param toTime when the history begins anew; {@code null} while it has not yet
	 * @param noticedAt when it was noticed
	 */
	public record Interruption(String source, String reason, @Nullable Instant fromTime, @Nullable Instant toTime,
			Instant noticedAt) {
	}

}
