package io.bemi.tracking;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What is tracked and what is not.
 *
 * @param tracked names of the tracked tables, as {@code schema.table}
 * @param untracked tables that were wanted and could not be tracked
 * @param complete whether nothing is left that another attempt could bring further
 * @param eventTriggerMissing why tables created between two starts are not tracked at
 * once, {@code null} if they are
 */
public record TrackingReport(List<String> tracked, List<UntrackedTable> untracked, boolean complete,
		@Nullable String eventTriggerMissing) {

	public TrackingReport {
		tracked = List.copyOf(tracked);
		untracked = List.copyOf(untracked);
	}

	/**
	 * A table that was left out.
	 *
	 * @param schema its schema
	 * @param table its name
	 * @param reason what stands in the way and what to do
	 */
	public record UntrackedTable(String schema, String table, String reason) {
	}

}
