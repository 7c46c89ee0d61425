package io.bemi.store;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;

import io.bemi.pgoutput.JsonBytes.Output;
import org.jspecify.annotations.Nullable;

/**
 * Rows in the text format of {@code COPY}.
 */
final class CopyText implements CopyFormat, Output<SQLException> {

	private static final byte[] NULL = { '\\', 'N' };

	private final CopyPieces pieces;

	private boolean inRow;

	/**
	 * Creates a text.
	 * @param pieces what takes it, piece by piece
	 */
	CopyText(Output<SQLException> pieces) {
		this.pieces = new CopyPieces(pieces);
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
		return add(Long.toString(value));
	}

	CopyText addNull() throws SQLException {
		separate();
		this.pieces.write(NULL, 0, NULL.length);
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
			this.pieces.write((byte) '\t');
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
			byte escape = switch (bytes[i]) {
				case '\\' -> '\\';
				case '\t' -> 't';
				case '\n' -> 'n';
				case '\r' -> 'r';
				default -> 0;
			};
			if (escape != 0) {
				this.pieces.write(bytes, written, i - written);
				this.pieces.write((byte) '\\');
				this.pieces.write(escape);
				written = i + 1;
			}
		}
		this.pieces.write(bytes, written, end - written);
	}

	@Override
	public void endRow() throws SQLException {
		this.pieces.write((byte) '\n');
		this.inRow = false;
	}

	@Override
	public void end() throws SQLException {
		this.pieces.flush();
	}

}
