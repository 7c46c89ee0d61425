package io.bemi.ingestion;

import java.util.List;

/**
 * Of which tables the rows that are there already are copied.
 *
 * @param exclude patterns of tables whose rows are not: {@code schema.table}, or
 * {@code table} in any schema, with {@code *} for any text
 */
public record BaselineSettings(List<String> exclude) {

	/**
	 * The rows of all tables are copied.
	 */
	public static final BaselineSettings ALL = new BaselineSettings(List.of());

	public BaselineSettings {
		exclude = List.copyOf(exclude);
	}

	/**
	 * Whether the rows of a table are left out.
	 */
	boolean isExcluded(String schema, String name) {
		return this.exclude.stream().anyMatch((pattern) -> new TablePattern(pattern).matches(schema, name));
	}

}
