package io.bemi.pgoutput;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

import io.bemi.change.Position;

/**
 * Reads the primitive parts of a message and refuses to read past its end.
 */
final class PgOutputReader {

	/** 2000-01-01T00:00:00Z, where PostgreSQL's timestamps start. */
	private static final long EPOCH_SECONDS = 946_684_800L;

	private static final long MICROS = 1_000_000L;

	private final byte[] data;

	/** Where the message starts in the array; offsets in errors count from here. */
	private final int start;

	private final int end;

	private int position;

	/**
	 * Reads what remains in a buffer and leaves the buffer's position alone. The bytes
	 * are copied only if the buffer does not give its array.
	 */
	PgOutputReader(ByteBuffer buffer) {
		if (buffer.hasArray()) {
			this.data = buffer.array();
			this.start = buffer.arrayOffset() + buffer.position();
		}
		else {
			this.data = new byte[buffer.remaining()];
			buffer.duplicate().get(this.data);
			this.start = 0;
		}
		this.end = this.start + buffer.remaining();
		this.position = this.start;
	}

	byte[] data() {
		return this.data;
	}

	/**
	 * The offset of the next byte, from the start of the message.
	 */
	int offset() {
		return this.position - this.start;
	}

	int remaining() {
		return this.end - this.position;
	}

	byte readByte(String what) {
		require(1, what);
		return this.data[this.position++];
	}

	int readShort(String what) {
		require(2, what);
		int value = ((this.data[this.position] & 0xFF) << 8) | (this.data[this.position + 1] & 0xFF);
		this.position += 2;
		return value;
	}

	int readInt(String what) {
		require(4, what);
		int value = ((this.data[this.position] & 0xFF) << 24) | ((this.data[this.position + 1] & 0xFF) << 16)
				| ((this.data[this.position + 2] & 0xFF) << 8) | (this.data[this.position + 3] & 0xFF);
		this.position += 4;
		return value;
	}

	long readLong(String what) {
		require(8, what);
		long high = readInt(what);
		return (high << 32) | (readInt(what) & 0xFFFFFFFFL);
	}

	Position readPosition(String what) {
		return new Position(readLong(what));
	}

	Instant readInstant(String what) {
		long micros = readLong(what);
		return Instant.ofEpochSecond(EPOCH_SECONDS + Math.floorDiv(micros, MICROS),
				Math.floorMod(micros, MICROS) * 1_000);
	}

	String readString(String what) {
		int zero = this.position;
		while (zero < this.end && this.data[zero] != 0) {
			zero++;
		}
		if (zero == this.end) {
			throw new PgOutputException("Expected a string that ends with a zero byte for the " + what + " at offset "
					+ offset() + ", but the message ends after " + remaining() + " bytes");
		}
		String value = new String(this.data, this.position, zero - this.position, StandardCharsets.UTF_8);
		this.position = zero + 1;
		return value;
	}

	/**
	 * Passes over bytes whose number the message itself gives.
	 * @return the index in {@link #data()} where they start
	 */
	int skip(int length, String what) {
		if (length < 0) {
			throw new PgOutputException("Expected a length of 0 or more for the " + what + " before offset " + offset()
					+ ", but it is " + length);
		}
		require(length, what);
		int index = this.position;
		this.position += length;
		return index;
	}

	/**
	 * Refuses to go on when the message is shorter than what it announces.
	 */
	void require(int length, String what) {
		if (length > remaining()) {
			throw new PgOutputException("Expected " + length + " bytes for the " + what + " at offset " + offset()
					+ ", but the message has " + remaining() + " left");
		}
	}

}
