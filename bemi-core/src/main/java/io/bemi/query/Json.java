package io.bemi.query;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import org.jspecify.annotations.Nullable;

/**
 * From JSON text to plain Java values; numbers keep every digit.
 */
public final class Json {

	private static final JsonFactory FACTORY = JsonFactory.builder()
		.streamReadConstraints(StreamReadConstraints.builder()
			.maxNumberLength(Integer.MAX_VALUE)
			.maxStringLength(Integer.MAX_VALUE)
			.maxNestingDepth(10_000)
			.build())
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
