package io.bemi.pgoutput;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * Knows what the server takes as {@code jsonb}: less than it takes as {@code json}, and
 * less than other JSON parsers take.
 */
public final class Jsonb {

	/**
	 * The server's stack ends the matter at some ten thousand levels, and many parsers
	 * stop at 1 000, so that a row around the value may add some.
	 */
	static final int MAX_DEPTH = 900;

	/** Digits before the decimal point of a numeric. */
	private static final long MAX_INTEGER_DIGITS = 131_072;

	/** Digits after the decimal point of a numeric. */
	private static final long MAX_SCALE = 16_383;

	/** The server refuses exponents from here on, even of zero. */
	private static final long EXPONENT_LIMIT = Integer.MAX_VALUE / 2;

	private final byte[] data;

	private final int end;

	private int position;

	private Jsonb(byte[] data, int offset, int length) {
		this.data = data;
		this.position = offset;
		this.end = offset + length;
	}

	/**
	 * Whether a cast of a text to {@code jsonb} succeeds on a server whose encoding is
	 * UTF-8. Refused are texts that are not JSON, the escape <code>&#92;u0000</code>,
	 * escaped surrogates without their other half, numbers that a {@code numeric} cannot
	 * hold, and more than {@value #MAX_DEPTH} levels. Strings of 256 MB, which the server
	 * refuses too, are not looked for.
	 * @param text any text
	 * @return {@code true} when the server takes it
	 */
	public static boolean accepts(String text) {
		byte[] data = text.getBytes(StandardCharsets.UTF_8);
		return accepts(data, 0, data.length);
	}

	static boolean accepts(byte[] data, int offset, int length) {
		return new Jsonb(data, offset, length).document();
	}

	/**
	 * Whether a text is a number and nothing else.
	 */
	static boolean acceptsNumber(String text) {
		byte[] data = text.getBytes(StandardCharsets.UTF_8);
		return acceptsNumber(data, 0, data.length);
	}

	static boolean acceptsNumber(byte[] data, int offset, int length) {
		Jsonb number = new Jsonb(data, offset, length);
		return number.number() && number.position == number.end;
	}

	/** Iterative: the depth of a document is its author's choice. */
	private boolean document() {
		BitSet objects = new BitSet();
		int depth = 0;
		boolean done = false;
		while (!done) {
			// A value is due.
			skipBlanks();
			char c = peek();
			if (c == '{' || c == '[') {
				if (depth == MAX_DEPTH) {
					return false;
				}
				this.position++;
				objects.set(depth++, c == '{');
				skipBlanks();
				if (peek() != close(objects, depth)) {
					if (c == '{' && !key()) {
						return false;
					}
					continue;
				}
			}
			else if (!scalar(c)) {
				return false;
			}
			// A value has ended, or a container without any is about to.
			boolean next = false;
			while (!next && !done) {
				skipBlanks();
				if (depth == 0) {
					done = true;
				}
				else if (peek() == close(objects, depth)) {
					this.position++;
					depth--;
				}
				else if (take(',')) {
					next = true;
					skipBlanks();
					if (objects.get(depth - 1) && !key()) {
						return false;
					}
				}
				else {
					return false;
				}
			}
		}
		return this.position == this.end;
	}

	private static char close(BitSet objects, int depth) {
		return objects.get(depth - 1) ? '}' : ']';
	}

	private boolean key() {
		if (peek() != '"' || !string()) {
			return false;
		}
		skipBlanks();
		return take(':');
	}

	private boolean scalar(char c) {
		return switch (c) {
			case '"' -> string();
			case 't' -> literal("true");
			case 'f' -> literal("false");
			case 'n' -> literal("null");
			default -> number();
		};
	}

	private boolean literal(String literal) {
		for (int i = 0; i < literal.length(); i++) {
			if (!take(literal.charAt(i))) {
				return false;
			}
		}
		return true;
	}

	private boolean string() {
		this.position++;
		boolean high = false;
		while (this.position < this.end) {
			char c = next();
			if (c == '\\' && peek() == 'u') {
				int unit = unicodeEscape();
				if (unit <= 0 || high != (unit >= 0xDC00 && unit <= 0xDFFF)) {
					return false;
				}
				high = unit >= 0xD800 && unit <= 0xDBFF;
			}
			else if (high || c < ' ') {
				return false;
			}
			else if (c == '"') {
				return true;
			}
			else if (c == '\\' && "\"\\/bfnrt".indexOf(next()) < 0) {
				return false;
			}
		}
		return false;
	}

	/** The code unit after a backslash, or -1 when it is not four hexadecimal digits. */
	private int unicodeEscape() {
		int unit = 0;
		this.position++;
		for (int i = 0; i < 4; i++) {
			char c = next();
			int digit = (c < 0x80) ? Character.digit(c, 16) : -1;
			if (digit < 0) {
				return -1;
			}
			unit = unit * 16 + digit;
		}
		return unit;
	}

	private boolean number() {
		take('-');
		int start = this.position;
		int integerDigits = digits();
		if (integerDigits == 0 || (integerDigits > 1 && this.data[start] == '0')) {
			return false;
		}
		int fractionDigits = 0;
		if (take('.')) {
			fractionDigits = digits();
			if (fractionDigits == 0) {
				return false;
			}
		}
		int end = this.position;
		long exponent = 0;
		if (peek() == 'e' || peek() == 'E') {
			this.position++;
			boolean negative = peek() == '-';
			if (peek() == '+' || negative) {
				this.position++;
			}
			int exponentStart = this.position;
			if (digits() == 0) {
				return false;
			}
			for (int i = exponentStart; i < this.position; i++) {
				exponent = Math.min(EXPONENT_LIMIT, exponent * 10 + (this.data[i] - '0'));
			}
			if (exponent == EXPONENT_LIMIT) {
				return false;
			}
			exponent = negative ? -exponent : exponent;
		}
		return fractionDigits - exponent <= MAX_SCALE
				&& integerDigits(start, end, integerDigits) + exponent <= MAX_INTEGER_DIGITS;
	}

	/**
	 * Digits before the point from the first that is not zero: 0 for 0.1, -1 for 0.01.
	 */
	private long integerDigits(int start, int end, int integerDigits) {
		for (int i = start; i < end; i++) {
			byte c = this.data[i];
			if (c >= '1' && c <= '9') {
				int index = i - start;
				return (index < integerDigits) ? integerDigits - index : integerDigits - index + 1;
			}
		}
		return Integer.MIN_VALUE;
	}

	private int digits() {
		int start = this.position;
		while (peek() >= '0' && peek() <= '9') {
			this.position++;
		}
		return this.position - start;
	}

	private void skipBlanks() {
		while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') {
			this.position++;
		}
	}

	private boolean take(char expected) {
		if (peek() != expected) {
			return false;
		}
		this.position++;
		return true;
	}

	private char next() {
		char c = peek();
		this.position++;
		return c;
	}

	/**
	 * The next character, of those beyond ASCII one of their bytes; NUL, which no text of
	 * the server holds, at the end.
	 */
	private char peek() {
		return (this.position < this.end) ? (char) (this.data[this.position] & 0xFF) : '\0';
	}

}
