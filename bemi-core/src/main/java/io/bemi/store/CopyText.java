package io.bemi.store;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;

import io.bemi.pgoutput.JsonBytes.Output;
import org.jspecify.annotations.Nullable;

/**
 * Rows in the text format of {@code COPY}, handed on in pieces of the same size whatever
 * their own. See "File Formats" of the command's page.
 */
final class CopyText implements Output<SQLException> {

	private static final int PIECE = 1 << 16;

	private static final byte[] NULL = { '\\', 'N' };

	private final Output<SQLException> pieces;

	private final byte[] piece = new byte[PIECE];

	private int size;

	private boolean inRow;

	/**
	 * Creates a text.
	 * @param pieces what takes it, piece by piece
	 */
	CopyText(Output<SQLException> pieces) {
		this.pieces = pieces;
	}

	/**
	 * Adds a value to the row.
	 * @param value the value's text, or {@code null} for SQL's null
	 */
	CopyText add(@Nullable String value) throws SQLException {
		if (value == null) {
			return addNull();
		}
		byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
		begin().write(bytes, 0, bytes.length);
		return this;
	}

	CopyText add(long value) throws SQLException {
		return addColumns(Long.toString(value).getBytes(StandardCharsets.US_ASCII));
	}

	/**
	 * Adds a letter or digit.
	 */
	CopyText add(char value) throws SQLException {
		separate();
		append((byte) value);
		return this;
	}

	/**
	 * Adds one or several columns as they stand in the text, with tabs between them.
	 */
	CopyText addColumns(byte[] columns) throws SQLException {
		separate();
		append(columns, 0, columns.length);
		return this;
	}

	/**
	 * Adds a {@code text[]}.
	 */
	CopyText add(List<String> values) throws SQLException {
		if (values.isEmpty()) {
			return addNull();
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

	CopyText addNull() throws SQLException {
		separate();
		append(NULL, 0, NULL.length);
		return this;
	}

	/**
	 * Begins a value whose text is then written.
	 */
	CopyText begin() throws SQLException {
		separate();
		return this;
	}

	private void separate() throws SQLException {
		if (this.inRow) {
			append((byte) '\t');
		}
		this.inRow = true;
	}

	/**
	 * Goes on with the text of the value, in UTF-8.
	 */
	@Override
	public void write(byte[] bytes, int offset, int length) throws SQLException {
		int end = offset + length;
		int written = offset;
		for (int i = offset; i < end; i++) {
			byte b = bytes[i];
			if (b == '\\' || (b <= '\r' && b >= '\t')) {
				byte escape = switch (b) {
					case '\t' -> 't';
					case '\n' -> 'n';
					case '\r' -> 'r';
					default -> b;
				};
				if (escape == b && b != '\\') {
					continue;
				}
				append(bytes, written, i - written);
				append((byte) '\\');
				append(escape);
				written = i + 1;
			}
		}
		append(bytes, written, end - written);
	}

	void endRow() throws SQLException {
		append((byte) '\n');
		this.inRow = false;
	}

	private void append(byte b) throws SQLException {
		if (this.size == PIECE) {
			flush();
		}
		this.piece[this.size++] = b;
	}

	private void append(byte[] bytes, int offset, int length) throws SQLException {
		int from = offset;
		int left = length;
		while (left > 0) {
			if (this.size == PIECE) {
				flush();
			}
			int count = Math.min(left, PIECE - this.size);
			System.arraycopy(bytes, from, this.piece, this.size, count);
			this.size += count;
			from += count;
			left -= count;
		}
	}

	/**
	 * Hands on what is left.
	 */
	void flush() throws SQLException {
		if (this.size > 0) {
			this.pieces.write(this.piece, 0, this.size);
			this.size = 0;
		}
	}

}
