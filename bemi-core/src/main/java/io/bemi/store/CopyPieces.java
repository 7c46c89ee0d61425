package io.bemi.store;

import java.sql.SQLException;

import io.bemi.pgoutput.JsonBytes.Output;

/**
 * What is copied, handed on in pieces of the same size whatever the size of its parts.
 */
final class CopyPieces implements Output<SQLException> {

	private static final int PIECE = 1 << 16;

	private final Output<SQLException> pieces;

	private final byte[] piece = new byte[PIECE];

	private int size;

	/**
	 * Creates pieces.
	 * @param pieces what takes them
	 */
	CopyPieces(Output<SQLException> pieces) {
		this.pieces = pieces;
	}

	void write(byte b) throws SQLException {
		if (this.size == PIECE) {
			flush();
		}
		this.piece[this.size++] = b;
	}

	@Override
	public void write(byte[] bytes, int offset, int length) throws SQLException {
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
