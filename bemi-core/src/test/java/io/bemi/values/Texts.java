package io.bemi.values;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/**
 * Random texts that break what is careless with them.
 */
final class Texts {

	private static final int MAX_NAME = 63;

	/** By code points: control, syntax, combining, right to left, astral, oddities. */
	private static final List<String> ALPHABETS = List.of("abcXYZ019_", "abc def",
			" \t\n\r\b\f\u0001\u001b\u001f\u007f", "\"'\\{}(),;:[]<>=/&|!*%$?@#~^`+-.", "äéŁßñİıſ",
			"e\u0301o\u0308\u0323\u20dd", "אבגש\u05c1عربي\u202e\u200f\u2067",
			"😀𝒳🏳\ufe0f\u200d🌈\ud800\udc00\udbff\udffd", "漢字かな한글ก็",
			"\u2028\u2029\ufeff\ufffd\u0085\u00a0\u00ad\ufffe\uffff");

	private static final List<String> SPECIAL = List.of("", " ", "NULL", "null", "\\N", "\\.", "\\", "\\\\", "\"",
			"\"\"", "'", "{}", "{\"a\": 1}", "()", "[1:2]={a,b}", "\\u0000", "\\x00", "true", "-0", "NaN", "</script>",
			"$1 $$ $a$", "a\u0000b".replace("\u0000", "\u0001"), "--", "/*", "a=>b", "%s");

	private Texts() {
	}

	/**
	 * Any text that the server holds.
	 */
	static String text(Random random) {
		return switch (random.nextInt(20)) {
			case 0, 1, 2 -> pick(random, SPECIAL);
			case 3 -> text(random, random.nextInt(300));
			case 4 -> (random.nextInt(20) == 0) ? text(random, 3_000 + random.nextInt(6_000)) : text(random, 1);
			default -> text(random, random.nextInt(12));
		};
	}

	private static String text(Random random, int length) {
		StringBuilder text = new StringBuilder();
		int[] alphabet = {};
		for (int i = 0; i < length; i++) {
			if (i == 0 || random.nextInt(4) == 0) {
				alphabet = pick(random, ALPHABETS).codePoints().toArray();
			}
			text.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
		}
		return text.toString();
	}

	/**
	 * A text of at most so many bytes.
	 */
	static String text(Random random, int length, int bytes) {
		String text = text(random, length);
		while (text.getBytes(StandardCharsets.UTF_8).length > bytes) {
			text = text.substring(0, text.offsetByCodePoints(text.length(), -1));
		}
		return text;
	}

	/**
	 * A name of 1 to 63 bytes that no other call is likely to give.
	 */
	static String name(Random random) {
		String unique = Integer.toString(random.nextInt(1 << 30), 36);
		int room = MAX_NAME - unique.length();
		String name = text(random, random.nextBoolean() ? random.nextInt(10) : room, room);
		if (random.nextInt(4) == 0) {
			name += "x".repeat(room - name.getBytes(StandardCharsets.UTF_8).length);
		}
		return name + unique;
	}

	/**
	 * A word of ASCII letters and digits.
	 */
	static String word(Random random) {
		return random.ints(1 + random.nextInt(8), 0, 36)
			.mapToObj((i) -> Integer.toString(i, 36))
			.reduce("", String::concat);
	}

	static <T> T pick(Random random, List<T> choices) {
		return choices.get(random.nextInt(choices.size()));
	}

	static String literal(String text) {
		return "'" + text.replace("'", "''") + "'";
	}

	static String quoted(String name) {
		return '"' + name.replace("\"", "\"\"") + '"';
	}

}
