package io.bemi.query;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

/**
 * From JSON text to plain Java values; numbers keep every digit.
 */
public final class Json {

	private static final ObjectMapper MAPPER = mapper();

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
