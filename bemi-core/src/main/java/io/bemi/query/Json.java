package io.bemi.query;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.bemi.pgoutput.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * Between JSON text and plain Java values; numbers keep every digit.
 */
public final class Json {

	/** As deep as a value that somebody sends may be nested. */
	static final int MAX_DEPTH = 100;

	private static final ObjectMapper MAPPER = mapper();

	private static final ObjectMapper STRICT = strict();

	private Json() {
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

	private static ObjectMapper strict() {
		JsonMapper mapper = JsonMapper.builder()
			.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
			.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
			.disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
			.build();
		mapper.getFactory()
			.setStreamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build());
		return mapper;
	}

	/**
	 * Reads an object.
	 * @param text its JSON
	 * @return its members, in their order
	 * @throws IllegalStateException when it is no object in JSON
	 */
	public static Map<String, @Nullable Object> readObject(String text) {
		try {
			return object(MAPPER.readTree(text));
		}
		catch (JsonProcessingException ex) {
			throw new IllegalStateException("The store holds something that is no JSON", ex);
		}
	}

	/**
	 * Reads any value that somebody has sent.
	 * @param text its JSON
	 * @return a map, a list, a string, a number, a boolean, or {@code null}
	 * @throws IllegalArgumentException when it is no JSON, is followed by something, has
	 * a member twice, or is nested more than {@value #MAX_DEPTH} deep
	 */
	public static @Nullable Object parse(String text) {
		try {
			JsonNode node = STRICT.readTree(text);
			if (node.isMissingNode()) {
				throw new IllegalArgumentException("It must be JSON, but is empty");
			}
			return value(node);
		}
		catch (JsonProcessingException ex) {
			throw new IllegalArgumentException("It must be JSON, but is none: " + ex.getOriginalMessage(), ex);
		}
	}

	/**
	 * Appends a value as JSON. What is none of JSON's types is written as text.
	 * @param json what to append to
	 * @param value the value
	 */
	public static void append(StringBuilder json, @Nullable Object value) {
		if (value instanceof Map<?, ?> object) {
			json.append('{');
			String separator = "";
			for (Map.Entry<?, ?> member : object.entrySet()) {
				json.append(separator);
				JsonText.append(json, String.valueOf(member.getKey()));
				json.append(": ");
				append(json, member.getValue());
				separator = ", ";
			}
			json.append('}');
		}
		else if (value instanceof Collection<?> array) {
			json.append('[');
			String separator = "";
			for (Object element : array) {
				json.append(separator);
				append(json, element);
				separator = ", ";
			}
			json.append(']');
		}
		else if (value == null || value instanceof Boolean || value instanceof Number) {
			json.append(value);
		}
		else {
			JsonText.append(json, value.toString());
		}
	}

	private static Map<String, @Nullable Object> object(JsonNode node) {
		Map<String, @Nullable Object> object = new LinkedHashMap<>();
		node.properties().forEach((member) -> object.put(member.getKey(), value(member.getValue())));
		return object;
	}

	private static @Nullable Object value(JsonNode node) {
		return switch (node.getNodeType()) {
			case OBJECT -> object(node);
			case ARRAY -> array(node);
			case NUMBER -> number(node);
			case BOOLEAN -> node.booleanValue();
			case STRING -> node.textValue();
			default -> null;
		};
	}

	private static List<@Nullable Object> array(JsonNode node) {
		List<@Nullable Object> array = new ArrayList<>();
		node.forEach((element) -> array.add(value(element)));
		return array;
	}

	private static BigDecimal number(JsonNode node) {
		return node.decimalValue();
	}

}
