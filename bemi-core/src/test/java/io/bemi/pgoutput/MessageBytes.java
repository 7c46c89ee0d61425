package io.bemi.pgoutput;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * Writes messages as the server does.
 */
final class MessageBytes {

	/** The cell of an unchanged TOAST value. */
	static final String UNCHANGED = new String("unchanged");

	private final ByteArrayOutputStream out = new ByteArrayOutputStream();

	MessageBytes(char type) {
		this.out.write(type);
	}

	MessageBytes int8(int value) {
		this.out.write(value);
		return this;
	}

	MessageBytes int16(int value) {
		this.out.writeBytes(ByteBuffer.allocate(2).putShort((short) value).array());
		return this;
	}

	MessageBytes int32(int value) {
		this.out.writeBytes(ByteBuffer.allocate(4).putInt(value).array());
		return this;
	}

	MessageBytes int64(long value) {
		this.out.writeBytes(ByteBuffer.allocate(8).putLong(value).array());
		return this;
	}

	MessageBytes string(String value) {
		this.out.writeBytes(value.getBytes(StandardCharsets.UTF_8));
		this.out.write(0);
		return this;
	}

	MessageBytes text(String value) {
		byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
		int32(bytes.length);
		this.out.writeBytes(bytes);
		return this;
	}

	@SuppressWarnings("ReferenceEquality")
	MessageBytes tuple(char kind, @Nullable String... values) {
		int8(kind);
		int16(values.length);
		for (String value : values) {
			if (value == null) {
				int8('n');
			}
			else if (value == UNCHANGED) {
				int8('u');
			}
			else {
				int8('t').text(value);
			}
		}
		return this;
	}

	byte[] array() {
		return this.out.toByteArray();
	}

	ByteBuffer buffer() {
		return ByteBuffer.wrap(array());
	}

}
