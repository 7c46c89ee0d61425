package io.bemi.ingestion;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The columns of a row as JSON texts, in the order of the relation's columns. A column
 * whose value did not arrive (unchanged TOAST, or not part of the key) is absent.
 */
public final class RowImage {

	private final @Nullable String[] columns;

	/**
	 * Creates an image.
	 * @param columns the JSON text per column, {@code null} where absent; kept, not
	 * copied
	 */
	public RowImage(@Nullable String[] columns) {
		this.columns = columns;
	}

	/**
	 * The JSON text of a column.
	 * @param index the column's index in the relation
	 * @return the text, or {@code null} when the value did not arrive
	 */
	public @Nullable String column(int index) {
		return this.columns[index];
	}

	/**
	 * Whether every column is there.
	 */
	public boolean isComplete() {
		for (String column : this.columns) {
			if (column == null) {
				return false;
			}
		}
		return true;
	}

	/**
	 * This image with absent columns taken from another.
	 * @param other an image of the same relation
	 * @return an image with the columns of both
	 */
	public RowImage filledFrom(RowImage other) {
		if (isComplete()) {
			return this;
		}
		@Nullable String[] filled = this.columns.clone();
		for (int i = 0; i < filled.length; i++) {
			if (filled[i] == null) {
				filled[i] = other.columns[i];
			}
		}
		return new RowImage(filled);
	}

	/**
	 * The row as one JSON object, without the absent columns.
	 * @param names the names of the columns, as JSON strings
	 * @return the object's text
	 */
	public String toJson(List<String> names) {
		StringBuilder json = new StringBuilder(64 + 16 * this.columns.length).append('{');
		for (int i = 0; i < this.columns.length; i++) {
			if (this.columns[i] != null) {
				json.append((json.length() > 1) ? ", " : "").append(names.get(i)).append(": ").append(this.columns[i]);
			}
		}
		return json.append('}').toString();
	}

}
