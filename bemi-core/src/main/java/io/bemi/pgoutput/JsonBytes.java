package io.bemi.pgoutput;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * A JSON text as a part of somebody else's bytes in UTF-8, so that a large value is not
 * copied on its way from the log to the store. The bytes must not change. What is to
 * become a string may be there without its quotes and escapes: they are put in when it is
 * written.
 */
public final class JsonBytes {

	/** JSON's null. */
	public static final JsonBytes NULL = of("null");

	private static final byte[] QUOTE = { '"' };

	private final byte[] data;

	private final int offset;

	private final int length;

	/** Whether the bytes are what a JSON string says. */
	private final boolean text;

	private JsonBytes(byte[] data, int offset, int length, boolean text) {
		this.data = data;
		this.offset = offset;
		this.length = length;
		this.text = text;
	}

	/**
	 * A JSON text.
	 * @param json the text
	 */
	public static JsonBytes of(String json) {
		byte[] data = json.getBytes(StandardCharsets.UTF_8);
		return new JsonBytes(data, 0, data.length, false);
	}

	/**
	 * A JSON text that is part of an array.
	 * @param data the array; kept, not copied
	 * @param offset where the text starts
	 * @param length how many bytes it has
	 */
	public static JsonBytes of(byte[] data, int offset, int length) {
		return new JsonBytes(data, offset, length, false);
	}

	/**
	 * The JSON string that says a text.
	 * @param data an array that the text is in; kept, not copied
	 * @param offset where the text starts
	 * @param length how many bytes it has
	 */
	public static JsonBytes string(byte[] data, int offset, int length) {
		return new JsonBytes(data, offset, length, true);
	}

	/**
	 * How many bytes it has, but for escapes.
	 */
	public int length() {
		return this.text ? this.length + 2 : this.length;
	}

	/**
	 * How many bytes are written.
	 */
	public long writtenLength() {
		if (!this.text) {
			return this.length;
		}
		long written = this.length + 2L;
		for (int i = this.offset; i < this.offset + this.length; i++) {
			byte b = this.data[i];
			if ((b >= 0 && b < ' ') || b == '"' || b == '\\') {
				written += JsonText.escape(b).length - 1;
			}
		}
		return written;
	}

	/**
	 * Whether there is one way only to write it as {@code jsonb} does: nothing of another
	 * text is the same. Strings without escapes, numbers without exponents, and words are
	 * plain when no blank stands before or after them.
	 */
	public boolean isPlain() {
		if (this.text) {
			// Escapes are those that jsonb prints.
			return true;
		}
		byte first = this.data[this.offset];
		if (first == '-' && this.length > 1 && this.data[this.offset + 1] == '0') {
			// There is no negative zero in jsonb.
			return false;
		}
		byte last = this.data[this.offset + this.length - 1];
		if (last >= 0 && last <= ' ') {
			return false;
		}
		for (int i = this.offset; i < this.offset + this.length; i++) {
			byte b = this.data[i];
			if (b == '\\' || (first != '"' && (b == '{' || b == '[' || b == 'e' || b == 'E' || b <= ' '))) {
				return first == 't' || first == 'f';
			}
		}
		return true;
	}

	/**
	 * Writes the text.
	 * @param out what takes its bytes, piece by piece
	 * @param <E> what may go wrong there
	 * @throws E when it does
	 */
	public <E extends Exception> void writeTo(Output<E> out) throws E {
		if (!this.text) {
			out.write(this.data, this.offset, this.length);
			return;
		}
		out.write(QUOTE, 0, 1);
		int end = this.offset + this.length;
		int written = this.offset;
		for (int i = this.offset; i < end; i++) {
			byte b = this.data[i];
			// Bytes of characters beyond ASCII are negative.
			if ((b >= 0 && b < ' ') || b == '"' || b == '\\') {
				if (i > written) {
					out.write(this.data, written, i - written);
				}
				byte[] escape = JsonText.escape(b);
				out.write(escape, 0, escape.length);
				written = i + 1;
			}
		}
		if (end > written) {
			out.write(this.data, written, end - written);
		}
		out.write(QUOTE, 0, 1);
	}

	/**
	 * Whether the other one is the same text, byte by byte.
	 */
	@Override
	public boolean equals(@Nullable Object other) {
		if (!(other instanceof JsonBytes json)) {
			return false;
		}
		if (this.text == json.text) {
			return Arrays.equals(this.data, this.offset, this.offset + this.length, json.data, json.offset,
					json.offset + json.length);
		}
		return this.text ? new Comparison(json).isSame(this) : new Comparison(this).isSame(json);
	}

	@Override
	public int hashCode() {
		int[] hash = { 1 };
		writeTo((bytes, from, count) -> {
			for (int i = from; i < from + count; i++) {
				hash[0] = 31 * hash[0] + bytes[i];
			}
		});
		return hash[0];
	}

	/**
	 * The JSON text.
	 */
	@Override
	public String toString() {
		if (!this.text) {
			return new String(this.data, this.offset, this.length, StandardCharsets.UTF_8);
		}
		StringBuilder json = new StringBuilder(this.length + 2);
		JsonText.append(json, new String(this.data, this.offset, this.length, StandardCharsets.UTF_8));
		return json.toString();
	}

	/**
	 * Takes bytes.
	 *
	 * @param <E> what may go wrong
	 */
	@FunctionalInterface
	public interface Output<E extends Exception> {

		/**
		 * Takes a piece, of whole characters.
		 * @param bytes an array that the piece is in
		 * @param offset where it starts
		 * @param length how many bytes it has
		 * @throws E when that fails
		 */
		void write(byte[] bytes, int offset, int length) throws E;

	}

	/**
	 * Compares what is written with a JSON text.
	 */
	private static final class Comparison implements Output<RuntimeException> {

		private final JsonBytes expected;

		private int position;

		private boolean same = true;

		Comparison(JsonBytes expected) {
			this.expected = expected;
		}

		@Override
		public void write(byte[] bytes, int offset, int length) {
			this.same = this.same && length <= this.expected.length - this.position;
			if (this.same) {
				int from = this.expected.offset + this.position;
				this.same = Arrays.equals(bytes, offset, offset + length, this.expected.data, from, from + length);
				this.position += length;
			}
		}

		boolean isSame(JsonBytes text) {
			// Escapes only add to it.
			if (text.length() > this.expected.length) {
				return false;
			}
			text.writeTo(this);
			return this.same && this.position == this.expected.length;
		}

	}

}
