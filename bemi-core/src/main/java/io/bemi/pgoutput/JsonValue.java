package io.bemi.pgoutput;

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

}
