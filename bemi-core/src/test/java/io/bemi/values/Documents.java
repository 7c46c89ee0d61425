package io.bemi.values;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Random documents: JSON, XML, and what text search makes.
 */
final class Documents {

	private static final List<String> BLANKS = List.of("", "", "", " ", "\n\t", "  \r\n ");

	private static final List<String> REFUSED = List.of("\"\\u0000\"", "{\"a\\u0000\" : 1}", "[ \"\\ud83d\" ]",
			"\"\\ude00\\ud83d\"", "1e131072", "[1e-16384]", "0e-99999");

	private Documents() {
	}

	/**
	 * A document with odd blanks, duplicate keys, any notation of numbers.
	 */
	static Value json(Random random) {
		String sql = Texts.literal(document(random, 4)) + "::json";
		return new Value(sql, "nullif((" + sql + ")::jsonb, 'null')::json");
	}

	static Value jsonb(Random random) {
		String sql = Texts.literal(document(random, 4)) + "::jsonb";
		return new Value(sql, "nullif(" + sql + ", 'null')");
	}

	/**
	 * A {@code json} that {@code jsonb} may refuse: it comes back as a string.
	 */
	static Value refusable(Random random) {
		String sql = Texts.literal((random.nextInt(3) == 0) ? document(random, 3) : Texts.pick(random, REFUSED))
				+ "::json";
		return new Value(sql, "nullif(oracle.kept(" + sql + "), 'null')::json");
	}

	private static String document(Random random, int depth) {
		String blank = Texts.pick(random, BLANKS);
		String document = switch (random.nextInt((depth > 0) ? 9 : 5)) {
			case 0 -> Texts.pick(random, List.of("null", "true", "false"));
			case 1, 2 -> number(random);
			case 3, 4 -> string(Texts.text(random, random.nextInt(12), 200), random);
			case 5, 6 -> "[" + blank
					+ IntStream.range(0, random.nextInt(4))
						.mapToObj((i) -> document(random, depth - 1))
						.collect(Collectors.joining(","))
					+ "]";
			default -> "{" + blank
					+ IntStream.range(0, random.nextInt(5))
						.mapToObj((i) -> key(random) + Texts.pick(random, BLANKS) + ":" + document(random, depth - 1))
						.collect(Collectors.joining("," + blank))
					+ "}";
		};
		return blank + document + Texts.pick(random, BLANKS);
	}

	private static String key(Random random) {
		return (random.nextInt(3) == 0) ? Texts.pick(random, List.of("\"a\"", "\"b\"", "\"\"", "\"\\u0061\""))
				: string(Texts.text(random, random.nextInt(6), 60), random);
	}

	private static String number(Random random) {
		return Texts.pick(random, List.of("0", "-0", "1.50", "1e2", "1E+2", "-1.25e-3", "0.000",
				"123456789012345678901", "1e1000", "0e5", "100.00e1"));
	}

	/** Escaped where it must be, and where it need not be. */
	private static String string(String text, Random random) {
		StringBuilder string = new StringBuilder("\"");
		for (char c : text.toCharArray()) {
			if (c < ' ' || random.nextInt(10) == 0) {
				string.append("\\u%04x".formatted((int) c));
				continue;
			}
			string.append((c == '"' || c == '\\') ? "\\" : "").append(c);
		}
		return wholePairs(string.append('"').toString());
	}

	/** An escaped half beside one that is not would not be a pair. */
	private static String wholePairs(String string) {
		StringBuilder whole = new StringBuilder();
		string.codePoints().forEach((c) -> {
			if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
				whole.append("\\u%04x".formatted(c));
			}
			else {
				whole.appendCodePoint(c);
			}
		});
		return whole.toString();
	}

	static String jsonpath(Random random) {
		String key = string(Texts.text(random, random.nextInt(6), 60), random);
		return Texts.pick(random, List.of("$", "strict $." + key, "$[*] ? (@." + key + " > 1.5e3)", "$.a.**{2 to 3}",
				"$.a[1,2 to last] ? (exists (@.b) && !(@.c == " + key + "))", "-$.x.double() + 2 * 3"));
	}

	/**
	 * The server prints no declaration that says nothing but the encoding, and no newline
	 * at the start.
	 */
	static Value xml(Random random) {
		String text = Texts.text(random, random.nextInt(8), 100)
			.replaceAll("[^\\t\\n\\r\\x20-\\ud7ff\\x{10000}-\\x{10ffff}]|[&<>]", "");
		String content = Texts.pick(random,
				List.of("", text, "<a>" + text + "</a>", "<a b=\"&quot;\"/>" + text, "<!DOCTYPE a><a/>",
						"<a><![CDATA[<" + text.replace("]]", "") + "]]></a><!-- c -->",
						"<?xml version=\"1.0\" standalone=\"yes\"?><a/>"));
		String declaration = (content.startsWith("<a") && random.nextBoolean())
				? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>" : "";
		return new Value(xml(declaration + content), xml(content.startsWith("\n") ? content.substring(1) : content));
	}

	private static String xml(String content) {
		return "xmlparse(content " + Texts.literal(content) + ")";
	}

	static String tsvector(Random random) {
		return IntStream.range(0, random.nextInt(4))
			.mapToObj((i) -> lexeme(random) + Texts.pick(random, List.of("", ":1", ":2A,5B", ":16383", ":3,7C")))
			.collect(Collectors.joining(" "));
	}

	static String tsquery(Random random) {
		String one = lexeme(random);
		String other = lexeme(random);
		return Texts.pick(random, List.of(one, "!" + one, one + " & " + other, one + " | !" + other,
				one + ":*AB <-> (" + other + " | c)", one + " <3> " + other));
	}

	private static String lexeme(Random random) {
		String text = "a" + Texts.text(random, random.nextInt(6), 60);
		return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
	}

}
