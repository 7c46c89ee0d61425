package io.bemi.timetravel;

import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Names and values as they stand in the SQL of a view, which takes no parameters.
 */
final class Sql {

	private Sql() {
	}

	static String identifier(String name) {
		return '"' + name.replace("\"", "\"\"") + '"';
	}

	/**
	 * A literal, where {@code standard_conforming_strings} is on.
	 */
	static String literal(String text) {
		return "'" + text.replace("'", "''") + "'";
	}

	static String texts(Collection<String> texts) {
		return texts.stream().map(Sql::literal).collect(Collectors.joining(", ", "ARRAY[", "]::text[]"));
	}

	static String numbers(Collection<Long> numbers) {
		return numbers.stream().map(String::valueOf).collect(Collectors.joining(", ", "ARRAY[", "]::bigint[]"));
	}

	static String list(Collection<Long> numbers) {
		return numbers.stream().map(String::valueOf).collect(Collectors.joining(", ", "(", ")"));
	}

}
