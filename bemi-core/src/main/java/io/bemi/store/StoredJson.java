package io.bemi.store;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.bemi.pgoutput.JsonBytes;

/**
 * Looks into JSON texts without changing a digit of them.
 */
final class StoredJson {

	private static final ObjectMapper MAPPER = mapper();

	private static final int LONGEST_TREE = 1 << 20;

	private StoredJson() {
	}

	private static ObjectMapper mapper() {
		JsonMapper mapper = JsonMapper.builder()
			.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
			.build();
		mapper.getFactory()
			.setStreamReadConstraints(StreamReadConstraints.builder()
				.maxNumberLength(Integer.MAX_VALUE)
				.maxStringLength(Integer.MAX_VALUE)
				.maxNestingDepth(10_000)
				.build());
		return mapper;
	}

	/**
	 * The members of an object as {@code jsonb} prints it.
	 * @param object the object's text in UTF-8; kept, not copied
	 * @return the values' texts by name, in order
	 */
	static Map<String, JsonBytes> members(byte[] object) {
		Map<String, JsonBytes> members = new LinkedHashMap<>();
		int at = skipBlanks(object, 1);
		while (object[at] != '}') {
			int nameEnd = endOfValue(object, at);
			String name = unquoted(new String(object, at, nameEnd - at, StandardCharsets.UTF_8));
			int from = skipBlanks(object, skipBlanks(object, nameEnd) + 1);
			int to = endOfValue(object, from);
			members.put(name, JsonBytes.of(object, from, to - from));
			at = skipBlanks(object, to);
			if (object[at] == ',') {
				at = skipBlanks(object, at + 1);
			}
		}
		return members;
	}

	private static int skipBlanks(byte[] text, int from) {
		int at = from;
		while (text[at] >= 0 && text[at] <= ' ') {
			at++;
		}
		return at;
	}

	private static int endOfValue(byte[] text, int from) {
		int depth = 0;
		int at = from;
		do {
			byte c = text[at];
			if (c == '"') {
				at = endOfString(text, at);
				continue;
			}
			if (c == '{' || c == '[') {
				depth++;
			}
			else if (c == '}' || c == ']') {
				depth--;
			}
			at++;
		}
		while (depth > 0 || (at < text.length && !isEnd(text, from, at)));
		return at;
	}

	private static boolean isEnd(byte[] text, int from, int at) {
		byte first = text[from];
		byte c = text[at];
		return first == '"' || first == '{' || first == '[' || c == ',' || c == '}' || c == ']' || (c >= 0 && c <= ' ');
	}

	private static int endOfString(byte[] text, int from) {
		int at = from + 1;
		while (text[at] != '"') {
			at += (text[at] == '\\') ? 2 : 1;
		}
		return at + 1;
	}

	private static String unquoted(String string) {
		return (string.indexOf('\\') < 0) ? string.substring(1, string.length() - 1) : parse(string).textValue();
	}

	/**
	 * Whether two values are the same. {@code jsonb} prints some in another way than they
	 * were given to it: objects, arrays, numbers with an exponent, escapes. To look into
	 * these takes many times their size in memory, so that long ones are the same only if
	 * they are printed in the same way.
	 * @param one a value's text
	 * @param other another value's text
	 * @return {@code true} when no one could tell them apart
	 */
	static boolean same(JsonBytes one, JsonBytes other) {
		if (one.equals(other)) {
			return true;
		}
		if ((one.isPlain() && other.isPlain()) || one.length() > LONGEST_TREE || other.length() > LONGEST_TREE) {
			return false;
		}
		try {
			return sameNodes(MAPPER.readTree(one.toString()), MAPPER.readTree(other.toString()));
		}
		catch (JsonProcessingException ex) {
			return false;
		}
	}

	private static boolean sameNodes(JsonNode one, JsonNode other) {
		return one.equals((a, b) -> {
			boolean same = (a.isNumber() && b.isNumber()) ? printed(a.decimalValue()).equals(printed(b.decimalValue()))
					: a.equals(b);
			return same ? 0 : 1;
		}, other);
	}

	/**
	 * A number as {@code jsonb} prints it: without exponent, and with as many decimals as
	 * were given, for 1.5 and 1.50 are different values.
	 */
	private static BigDecimal printed(BigDecimal number) {
		return (number.scale() < 0) ? number.setScale(0) : number;
	}

	private static JsonNode parse(String text) {
		try {
			return MAPPER.readTree(text);
		}
		catch (JsonProcessingException ex) {
			throw new IllegalArgumentException("'text' must be JSON", ex);
		}
	}

}
