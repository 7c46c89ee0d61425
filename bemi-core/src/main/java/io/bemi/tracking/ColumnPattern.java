package io.bemi.tracking;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Names columns: {@code schema.table.column}, {@code table.column} in any schema, or
 * {@code column} in any table, with {@code *} for any text. Names are compared as they
 * stand in the catalogue.
 */
final class ColumnPattern {

	private static final int PARTS = 3;

	private final String text;

	/** Of schema, table and column. */
	private final List<Pattern> parts;

	private ColumnPattern(String text, List<Pattern> parts) {
		this.text = text;
		this.parts = parts;
	}

	/**
	 * Reads a pattern.
	 * @param text the pattern
	 * @param property where it stands, for people
	 * @throws IllegalArgumentException when it is none
	 */
	static ColumnPattern of(String text, String property) {
		List<String> parts = new ArrayList<>(List.of(text.strip().split("\\.", -1)));
		if (parts.size() > PARTS || parts.stream().anyMatch(String::isBlank)) {
			throw new IllegalArgumentException("'" + property + "' has '" + text
					+ "': expected 'schema.table.column', 'table.column' or 'column', with '*' for any text"
					+ " (also for a dot within a name)");
		}
		while (parts.size() < PARTS) {
			parts.add(0, "*");
		}
		return new ColumnPattern(text.strip(), parts.stream().map(ColumnPattern::glob).toList());
	}

	private static Pattern glob(String part) {
		return Pattern.compile(Stream.of(part.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
				Pattern.DOTALL);
	}

	boolean matches(String schema, String table, String column) {
		return this.parts.get(0).matcher(schema).matches() && this.parts.get(1).matcher(table).matches()
				&& this.parts.get(2).matcher(column).matches();
	}

	@Override
	public String toString() {
		return this.text;
	}

}
