package io.bemi.store;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

import io.bemi.pgoutput.JsonBytes.Output;
import org.jspecify.annotations.Nullable;

/**
 * Rows in the binary format of {@code COPY}, of which the server need not look for the
 * ends of values. Values are as the types' receive functions take them.
 */
final class CopyBinary implements CopyFormat {

	private static final byte[] HEADER = { 'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0,
			0, 0, 0, 0 };

	/** Where PostgreSQL's time begins. */
	private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

	private static final int NULL = -1;

	private static final int TEXT_OID = 25;

	private static final byte JSONB_VERSION = 1;

	private final int columns;

	private final CopyPieces pieces;

	private boolean begun;

	private boolean inRow;

	/**
	 * Creates rows.
	 * @param columns how many each of them has
	 * @param pieces what takes them, piece by piece
	 */
	CopyBinary(int columns, Output<SQLException> pieces) {
		this.columns = columns;
		this.pieces = new CopyPieces(pieces);
	}

	/**
	 * Adds a {@code bigint} or {@code pg_lsn}.
	 */
	CopyBinary add(long value) throws SQLException {
		begin(Long.BYTES);
		write(value);
		return this;
	}

	/**
	 * Adds an {@code integer}.
	 */
	CopyBinary add(int value) throws SQLException {
		begin(Integer.BYTES);
		write(value);
		return this;
	}

	/**
	 * Adds a {@code "char"}.
	 */
	CopyBinary add(char value) throws SQLException {
		begin(1);
		this.pieces.write((byte) value);
		return this;
	}

	/**
	 * Adds a {@code timestamptz}, to the microsecond.
	 */
	CopyBinary add(Instant value) throws SQLException {
		return add(ChronoUnit.MICROS.between(EPOCH, value));
	}

	/**
	 * Adds a {@code text}.
	 * @param value the text, or {@code null} for SQL's null
	 */
	CopyBinary add(@Nullable String value) throws SQLException {
		if (value == null) {
			return addNull();
		}
		byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
		begin(bytes.length);
		this.pieces.write(bytes, 0, bytes.length);
		return this;
	}

	/**
	 * Adds a {@code bytea}.
	 */
	CopyBinary add(byte[] bytes, int offset, int length) throws SQLException {
		begin(length);
		this.pieces.write(bytes, offset, length);
		return this;
	}

	/**
	 * Adds a {@code text[]}; SQL's null if it is empty.
	 */
	CopyBinary add(List<String> values) throws SQLException {
		if (values.isEmpty()) {
			return addNull();
		}
		List<byte[]> texts = values.stream().map((value) -> value.getBytes(StandardCharsets.UTF_8)).toList();
		begin(5 * Integer.BYTES + texts.stream().mapToInt((text) -> Integer.BYTES + text.length).sum());
		// Dimensions, whether there are nulls, type, length, lower bound.
		for (int number : new int[] { 1, 0, TEXT_OID, texts.size(), 1 }) {
			write(number);
		}
		for (byte[] text : texts) {
			write(text.length);
			this.pieces.write(text, 0, text.length);
		}
		return this;
	}

	/**
	 * Begins a {@code jsonb} whose text is then written.
	 * @param length how many bytes the text has, at most 1 GB as any value
	 * @return takes the text, in UTF-8
	 */
	Output<SQLException> beginJson(long length) throws SQLException {
		begin(Math.toIntExact(Math.min(length + 1, Integer.MAX_VALUE)));
		this.pieces.write(JSONB_VERSION);
		return this.pieces;
	}

	CopyBinary addNull() throws SQLException {
		begin(NULL);
		return this;
	}

	private void begin(int length) throws SQLException {
		if (!this.inRow) {
			beginRow();
		}
		write(length);
	}

	private void beginRow() throws SQLException {
		if (!this.begun) {
			this.pieces.write(HEADER, 0, HEADER.length);
			this.begun = true;
		}
		this.inRow = true;
		writeShort(this.columns);
	}

	private void write(long value) throws SQLException {
		write((int) (value >>> Integer.SIZE));
		write((int) value);
	}

	private void write(int value) throws SQLException {
		writeShort(value >>> Short.SIZE);
		writeShort(value);
	}

	private void writeShort(int value) throws SQLException {
		this.pieces.write((byte) (value >>> Byte.SIZE));
		this.pieces.write((byte) value);
	}

	@Override
	public void endRow() {
		this.inRow = false;
	}

	@Override
	public void end() throws SQLException {
		if (!this.begun) {
			this.pieces.write(HEADER, 0, HEADER.length);
		}
		writeShort(-1);
		this.pieces.flush();
	}

}
