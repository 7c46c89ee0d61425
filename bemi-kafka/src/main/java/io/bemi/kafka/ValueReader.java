package io.bemi.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Turns a value as the connector writes it into the text that the type's output function
 * gives.
 */
@FunctionalInterface
interface ValueReader {

	/**
	 * What arrives in place of a value that is not sent: as a text, and as bytes.
	 */
	List<String> UNCHANGED = List.of(ConnectorConfiguration.UNCHANGED,
			HexFormat.of().formatHex(ConnectorConfiguration.UNCHANGED.getBytes(StandardCharsets.UTF_8)));

	/** What the connector makes of an element that is an array. */
	Pattern JAVA_ARRAY = Pattern.compile("\\[+[A-Z].*;?@[0-9a-f]+");

	ValueReader TEXT = ValueReader::text;

	ValueReader BOOLEAN = (value) -> Boolean.parseBoolean(text(value)) ? "t" : "f";

	ValueReader BYTES = (value) -> "\\x" + text(value);

	/** The text in hexadecimal digits, for types that the connector does not know. */
	ValueReader HEXADECIMAL = (value) -> new String(HexFormat.of().parseHex(text(value)), StandardCharsets.UTF_8);

	/**
	 * Reads a value.
	 * @param value a text, a list or a map
	 * @return its text in PostgreSQL
	 * @throws RuntimeException when it is none of the type
	 */
	String read(Object value);

	/**
	 * Whether a value is not sent, because it is the same as before.
	 */
	static boolean isUnchanged(Object value) {
		if (value instanceof List<?> list) {
			return (list.size() == 1) ? list.get(0) instanceof String text && UNCHANGED.contains(text)
					: list.size() == ConnectorConfiguration.UNCHANGED.length() && isUnchangedBytes(list);
		}
		return value instanceof String text && (UNCHANGED.contains(text)
				|| (text.startsWith("{\"" + ConnectorConfiguration.UNCHANGED) && text.length() < 100));
	}

	private static boolean isUnchangedBytes(List<?> list) {
		for (int i = 0; i < list.size(); i++) {
			if (!String.valueOf((int) ConnectorConfiguration.UNCHANGED.charAt(i)).equals(list.get(i))) {
				return false;
			}
		}
		return true;
	}

	/**
	 * The text of a value that must be one.
	 */
	static String text(Object value) {
		if (value instanceof String text) {
			return text;
		}
		throw new IllegalArgumentException("Expected no " + value.getClass().getSimpleName());
	}

	/**
	 * A bit string of a length that does not vary.
	 */
	static ValueReader bits(int length) {
		return (value) -> {
			if (length == 1) {
				return Boolean.parseBoolean(text(value)) ? "1" : "0";
			}
			byte[] bytes = Base64.getDecoder().decode(text(value));
			StringBuilder bits = new StringBuilder(length);
			for (int i = length - 1; i >= 0; i--) {
				boolean set = i / 8 < bytes.length && (bytes[i / 8] >> (i % 8) & 1) == 1;
				bits.append(set ? '1' : '0');
			}
			return bits.toString();
		};
	}

	/**
	 * An hstore, whose keys may be anything.
	 */
	static ValueReader hstore() {
		return (value) -> {
			StringBuilder result = new StringBuilder();
			Json.object(text(value))
				.forEach((key, inner) -> result.append(result.isEmpty() ? "" : ", ")
					.append(quoted(key))
					.append("=>")
					.append((inner != null) ? quoted(text(inner)) : "NULL"));
			return result.toString();
		};
	}

	/**
	 * An array of one dimension: of others nothing arrives that could be told from nulls.
	 */
	static ValueReader array(ValueReader element) {
		return (value) -> {
			if (!(value instanceof List<?> list)) {
				throw new IllegalArgumentException("Expected an array");
			}
			StringBuilder result = new StringBuilder("{");
			boolean any = list.isEmpty();
			for (Object inner : list) {
				any |= inner != null;
				result.append((result.length() > 1) ? "," : "")
					.append((inner != null) ? quoted(element.read(element(inner))) : "NULL");
			}
			if (!any) {
				throw new IllegalArgumentException("An array of arrays looks like one of nulls");
			}
			return result.append('}').toString();
		};
	}

	private static Object element(Object value) {
		if (value instanceof String text && JAVA_ARRAY.matcher(text).matches()) {
			throw new IllegalArgumentException("The connector cannot carry an array of arrays");
		}
		return value;
	}

	private static String quoted(String text) {
		return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
	}

}
