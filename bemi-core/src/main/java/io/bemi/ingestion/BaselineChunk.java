package io.bemi.ingestion;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Some rows of a table as they were found, in the order of their keys.
 *
 * @param baseline what they belong to
 * @param rows the rows
 * @param read how many rows were read
 * @param poison what could not be read
 * @param exact whether nothing has changed the rows between the beginning of recording
 * and the moment that they are said to be from; otherwise the history may know better
 * @param after the place of the last row; {@code null} when the table has no key
 * @param complete whether these are the last rows
 */
public record BaselineChunk(PendingBaseline baseline, List<RowChange> rows, int read, List<PoisonRow> poison,
		boolean exact, @Nullable List<String> after, boolean complete) {

	BaselineChunk withRows(List<RowChange> others) {
		return new BaselineChunk(this.baseline, others, this.read, this.poison, this.exact, this.after, this.complete);
	}

}
