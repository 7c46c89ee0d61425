package io.bemi.query;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.bemi.pgoutput.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * Between JSON text and plain Java values; numbers keep every digit.
 */
public final class Json {

	/** As deep as a value that somebody sends may be nested. */
	static final int MAX_DEPTH = 100;

	private static final JsonFactory FACTORY = JsonFactory.builder()
		.streamReadConstraints(StreamReadConstraints.builder()
			.maxNumberLength(Integer.MAX_VALUE)
			.maxStringLength(Integer.MAX_VALUE)
			.maxNestingDepth(10_000)
			.build())
		.build();

	private static final JsonFactory STRICT = JsonFactory.builder()
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
		.build();

	private Json() {
	}

	/**
	 * Reads an object.
	 * @param text its JSON
	 * @return its members, in their order
	 * @throws IllegalStateException when it is no object in JSON
	 */
	public static Map<String, @Nullable Object> readObject(String text) {
		try (JsonParser parser = FACTORY.createParser(text)) {
			if (parser.nextToken() != JsonToken.START_OBJECT) {
				throw new IllegalStateException("The store holds something that is no object in JSON");
			}
			return object(parser);
		}
		catch (IOException ex) {
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
		try (JsonParser parser = STRICT.createParser(text)) {
			if (parser.nextToken() == null) {
				throw new IllegalArgumentException("It must be JSON, but is empty");
			}
			Object value = value(parser);
			if (parser.nextToken() != null) {
				throw new IllegalArgumentException("It must be one JSON value, but is followed by another one");
			}
			return value;
		}
		catch (JsonProcessingException ex) {
			throw new IllegalArgumentException("It must be JSON, but is none: " + ex.getOriginalMessage(), ex);
		}
		catch (IOException ex) {
			throw new IllegalArgumentException("It must be JSON, but is none", ex);
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

	private static Map<String, @Nullable Object> object(JsonParser parser) throws IOException {
		Map<String, @Nullable Object> object = new LinkedHashMap<>();
		for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
			parser.nextToken();
			object.put(name, value(parser));
		}
		return object;
	}

	private static @Nullable Object value(JsonParser parser) throws IOException {
		return switch (parser.currentToken()) {
			case START_OBJECT -> object(parser);
			case START_ARRAY -> array(parser);
			case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
			case VALUE_TRUE -> true;
			case VALUE_FALSE -> false;
			case VALUE_STRING -> parser.getText();
			default -> null;
		};
	}

	private static List<@Nullable Object> array(JsonParser parser) throws IOException {
		List<@Nullable Object> array = new ArrayList<>();
		while (parser.nextToken() != JsonToken.END_ARRAY) {
			array.add(value(parser));
		}
		return array;
	}

}
