package io.bemi.pgoutput;

import java.nio.charset.StandardCharsets;

/**
 * Turns the text of a value of one type into JSON.
 */
@FunctionalInterface
interface JsonValue {

	/**
	 * Appends the JSON form.
	 * @throws PgOutputException when the text does not fit the type
	 */
	void append(StringBuilder out, String text);

	/**
	 * The JSON form of a text that is part of an array.
	 * @param data an array that does not change
	 * @param offset where the text starts
	 * @param length how many bytes it has
	 * @throws PgOutputException when the text does not fit the type
	 */
	default JsonBytes read(byte[] data, int offset, int length) {
		StringBuilder json = new StringBuilder(length + 2);
		append(json, new String(data, offset, length, StandardCharsets.UTF_8));
		return JsonBytes.of(json.toString());
	}

}
