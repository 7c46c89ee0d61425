package io.bemi.revert;

/**
 * Names and values as they stand in SQL.
 */
final class Sql {

	private Sql() {
	}

	static String identifier(String name) {
		return '"' + name.replace("\"", "\"\"") + '"';
	}

	/**
	 * A literal, whatever {@code standard_conforming_strings} is.
	 */
	static String literal(String text) {
		String quoted = "'" + text.replace("'", "''") + "'";
		return (text.indexOf('\\') < 0) ? quoted : "E" + quoted.replace("\\", "\\\\");
	}

}
