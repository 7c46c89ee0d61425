package io.bemi.store;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Rows in the text format of {@code COPY}. See "File Formats" of the command's page.
 */
final class CopyText {

	private final StringBuilder text = new StringBuilder(1 << 16);

	private boolean inRow;

	/**
	 * Adds a value to the row.
	 * @param value the value's text, or {@code null} for SQL's null
	 */
	CopyText add(@Nullable String value) {
		if (this.inRow) {
			this.text.append('\t');
		}
		this.inRow = true;
		if (value == null) {
			this.text.append("\\N");
			return this;
		}
		for (int i = 0; i < value.length(); i++) {
			char c = value.charAt(i);
			switch (c) {
				case '\\' -> this.text.append("\\\\");
				case '\t' -> this.text.append("\\t");
				case '\n' -> this.text.append("\\n");
				case '\r' -> this.text.append("\\r");
				default -> this.text.append(c);
			}
		}
		return this;
	}

	CopyText add(long value) {
		return add(Long.toString(value));
	}

	/**
	 * Adds a {@code text[]}.
	 */
	CopyText add(List<String> values) {
		if (values.isEmpty()) {
			return add((String) null);
		}
		StringBuilder array = new StringBuilder("{");
		for (String value : values) {
			array.append((array.length() > 1) ? "," : "")
				.append('"')
				.append(value.replace("\\", "\\\\").replace("\"", "\\\""))
				.append('"');
		}
		return add(array.append('}').toString());
	}

	void endRow() {
		this.text.append('\n');
		this.inRow = false;
	}

	boolean isEmpty() {
		return this.text.isEmpty();
	}

	@Override
	public String toString() {
		return this.text.toString();
	}

}
