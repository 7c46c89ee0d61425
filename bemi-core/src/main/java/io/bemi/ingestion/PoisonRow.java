package io.bemi.ingestion;

import org.jspecify.annotations.Nullable;

/**
 * A row that could not be turned into a change, or not wholly.
 *
 * @param transaction the transaction that wrote it
 * @param ordinal its number in the transaction
 * @param relation the table, if it is known
 * @param content what arrived, as a JSON object: {@code operation}, {@code schema},
 * {@code table}, and the texts of the values by column in {@code row} and {@code old}
 * @param error what is wrong with it
 */
public record PoisonRow(SourceTransaction transaction, long ordinal, @Nullable TrackedRelation relation, String content,
		String error) {

	/**
	 * The same row of a table that is described in another way.
	 */
	PoisonRow of(TrackedRelation table) {
		return new PoisonRow(this.transaction, this.ordinal, table, this.content, this.error);
	}

}
