package io.bemi.pgoutput;

import java.nio.charset.StandardCharsets;

/**
 * Writes JSON strings, escaped as {@code jsonb} prints them.
 */
public final class JsonText {

	private static final char[] HEX = "0123456789abcdef".toCharArray();

	private static final byte[][] ESCAPES = escapes();

	private JsonText() {
	}

	/**
	 * Appends a string with its quotes.
	 * @param out what to append to
	 * @param text the string
	 */
	public static void append(StringBuilder out, String text) {
		out.append('"');
		int written = 0;
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c < ' ' || c == '"' || c == '\\') {
				out.append(text, written, i);
				appendEscaped(out, c);
				written = i + 1;
			}
		}
		out.append(text, written, text.length()).append('"');
	}

	/**
	 * The escape of an ASCII character that needs one.
	 */
	static byte[] escape(byte c) {
		return ESCAPES[c];
	}

	private static byte[][] escapes() {
		byte[][] escapes = new byte['\\' + 1][];
		for (char c = 0; c < escapes.length; c++) {
			StringBuilder escape = new StringBuilder();
			appendEscaped(escape, c);
			escapes[c] = escape.toString().getBytes(StandardCharsets.US_ASCII);
		}
		return escapes;
	}

	private static void appendEscaped(StringBuilder out, char c) {
		switch (c) {
			case '"' -> out.append("\\\"");
			case '\\' -> out.append("\\\\");
			case '\b' -> out.append("\\b");
			case '\f' -> out.append("\\f");
			case '\n' -> out.append("\\n");
			case '\r' -> out.append("\\r");
			case '\t' -> out.append("\\t");
			default -> out.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 0xF]);
		}
	}

}
