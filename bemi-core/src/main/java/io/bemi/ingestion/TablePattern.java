package io.bemi.ingestion;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.util.Assert;

/**
 * Names tables.
 *
 * @param text {@code schema.table}, or {@code table} in any schema, with {@code *} for
 * any text
 */
public record TablePattern(String text) {

	public TablePattern {
		Assert.notNull(text, "'text' must not be null");
	}

	/**
	 * Whether a table is meant.
	 * @param schema its schema
	 * @param name its name
	 * @return {@code true} when it is
	 */
	public boolean matches(String schema, String name) {
		String wanted = this.text.contains(".") ? this.text : "*." + this.text;
		String regex = Stream.of(wanted.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
		return Pattern.compile(regex, Pattern.DOTALL).matcher(schema + "." + name).matches();
	}

}
