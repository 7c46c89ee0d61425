package io.bemi.kafka;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON to maps and lists whose other values are their texts: a number stays as it
 * is written.
 */
final class Json {

	private static final JsonFactory FACTORY = new JsonFactory();

	private Json() {
	}

	static Map<String, @Nullable Object> object(String json) {
		try (JsonParser in = FACTORY.createParser(json)) {
			in.nextToken();
			return map(read(in));
		}
		catch (IOException ex) {
			throw new IllegalArgumentException("'json' must be an object", ex);
		}
	}

	private static @Nullable Object read(JsonParser in) throws IOException {
		if (in.currentToken() == JsonToken.START_OBJECT) {
			Map<String, @Nullable Object> object = new LinkedHashMap<>();
			while (in.nextToken() == JsonToken.FIELD_NAME) {
				String name = in.currentName();
				in.nextToken();
				object.put(name, read(in));
			}
			return object;
		}
		if (in.currentToken() == JsonToken.START_ARRAY) {
			List<@Nullable Object> array = new ArrayList<>();
			while (in.nextToken() != JsonToken.END_ARRAY) {
				array.add(read(in));
			}
			return array;
		}
		return (in.currentToken() == JsonToken.VALUE_NULL) ? null : in.getText();
	}

	/**
	 * An object that is known to be one.
	 */
	static Map<String, @Nullable Object> map(@Nullable Object value) {
		if (!(value instanceof Map<?, ?> map)) {
			throw new IllegalArgumentException("Expected an object");
		}
		Map<String, @Nullable Object> result = new LinkedHashMap<>();
		map.forEach((name, inner) -> result.put(String.valueOf(name), inner));
		return result;
	}

	/**
	 * An array; empty where there is none.
	 */
	static List<?> list(@Nullable Object value) {
		return (value instanceof List<?> list) ? list : List.of();
	}

	/**
	 * A text; empty where there is none.
	 */
	static String text(@Nullable Object value) {
		return (value instanceof String text) ? text : "";
	}

}
