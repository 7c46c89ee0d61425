package io.bemi.test;

/**
 * Names as they stand in SQL.
 */
final class Sql {

	private Sql() {
	}

	static String identifier(String name) {
		return '"' + name.replace("\"", "\"\"") + '"';
	}

	static String identifier(String schema, String name) {
		return identifier(schema) + "." + identifier(name);
	}

}
