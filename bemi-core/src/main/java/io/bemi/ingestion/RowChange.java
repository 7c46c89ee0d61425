package io.bemi.ingestion;

import org.jspecify.annotations.Nullable;

/**
 * One change of one row, ready to be stored.
 *
 * @param transaction the transaction that made it
 * @param ordinal its number in the transaction, from 0
 * @param context the number of its context in the transaction
 * @param relation the table
 * @param operation what happened
 * @param primaryKey the record's key; {@code null} when the table has none, and for
 * TRUNCATE
 * @param previousKey the key before the change, when it is known to differ; else
 * {@code null}
 * @param row the row after the change; {@code null} for DELETE and TRUNCATE
 * @param old what arrived of the row before the change: all of it, the key, or
 * {@code null} for nothing
 */
public record RowChange(SourceTransaction transaction, long ordinal, int context, TrackedRelation relation,
		RowOperation operation, @Nullable String primaryKey, @Nullable String previousKey, @Nullable RowImage row,
		@Nullable RowImage old) {

	/**
	 * The same change, referring to another context.
	 */
	RowChange withContext(int number) {
		return new RowChange(this.transaction, this.ordinal, number, this.relation, this.operation, this.primaryKey,
				this.previousKey, this.row, this.old);
	}

	/**
	 * The row of an INSERT as one that was found.
	 */
	RowChange asBaseline(TrackedRelation table) {
		return new RowChange(this.transaction, this.ordinal, 0, table, RowOperation.BASELINE, this.primaryKey, null,
				this.row, null);
	}

	/**
	 * The same of a record that has another key by now.
	 */
	RowChange movedTo(String key) {
		return new RowChange(this.transaction, this.ordinal, this.context, this.relation, this.operation, key,
				this.primaryKey, this.row, this.old);
	}

	/**
	 * The same with another row, of a record with this key.
	 */
	public RowChange withRow(RowImage other) {
		return new RowChange(this.transaction, this.ordinal, this.context, this.relation, this.operation,
				this.primaryKey, null, other, this.old);
	}

	/**
	 * The same as of another moment.
	 * @param moment the transaction that it is said to be from
	 * @param number its number there
	 */
	public RowChange at(SourceTransaction moment, long number) {
		return new RowChange(moment, number, this.context, this.relation, this.operation, this.primaryKey,
				this.previousKey, this.row, this.old);
	}

	/**
	 * Roughly how many characters the change keeps in memory.
	 */
	long length() {
		return 200 + ((this.row != null) ? this.row.length() : 0) + ((this.old != null) ? this.old.length() : 0);
	}

	/**
	 * The key under which the record is found in the history so far.
	 * @return the key before the change, or {@code null} when the table has none
	 */
	public @Nullable String keyBefore() {
		return (this.previousKey != null) ? this.previousKey : this.primaryKey;
	}

}
