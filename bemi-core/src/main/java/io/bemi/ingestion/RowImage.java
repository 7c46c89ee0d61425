package io.bemi.ingestion;

import java.util.BitSet;

import io.bemi.pgoutput.JsonBytes;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a row as JSON texts, in the order of the relation's columns. A column
 * whose value did not arrive (unchanged TOAST, or not part of the key) is absent.
 */
public final class RowImage {

	private final @Nullable JsonBytes[] columns;

	private final BitSet unreadable;

	private final long length;

	/**
	 * Creates an image.
	 * @param columns the JSON text per column, {@code null} where absent; kept, not
	 * copied
	 */
	public RowImage(@Nullable JsonBytes[] columns) {
		this(columns, new BitSet());
	}

	/**
	 * Creates an image with columns that could not be read.
	 */
	RowImage(@Nullable JsonBytes[] columns, BitSet unreadable) {
		this.columns = columns;
		this.unreadable = unreadable;
		long characters = 0;
		for (JsonBytes column : columns) {
			characters += (column != null) ? column.length() : 0;
		}
		this.length = characters;
	}

	/**
	 * The JSON text of a column.
	 * @param index the column's index in the relation
	 * @return the text, or {@code null} when the value did not arrive
	 */
	public @Nullable JsonBytes column(int index) {
		return this.columns[index];
	}

	/**
	 * Whether a column is absent because its value could not be read: not to be taken
	 * from elsewhere, for it may have changed.
	 * @param index the column's index in the relation
	 */
	public boolean isUnreadable(int index) {
		return this.unreadable.get(index);
	}

	/**
	 * The same without the columns that are null.
	 */
	RowImage withoutNulls() {
		@Nullable JsonBytes[] kept = this.columns.clone();
		for (int i = 0; i < kept.length; i++) {
			if (JsonBytes.NULL.equals(kept[i])) {
				kept[i] = null;
			}
		}
		return new RowImage(kept, this.unreadable);
	}

	/**
	 * How many characters all columns have.
	 */
	long length() {
		return this.length;
	}

	/**
	 * Whether every column is there.
	 */
	public boolean isComplete() {
		for (JsonBytes column : this.columns) {
			if (column == null) {
				return false;
			}
		}
		return true;
	}

}
