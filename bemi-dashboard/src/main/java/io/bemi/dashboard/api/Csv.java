package io.bemi.dashboard.api;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Lines of comma-separated values, as RFC 4180 has them.
 */
final class Csv {

	/** What a spreadsheet takes for the beginning of a formula. */
	private static final String DANGEROUS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20";

	private static final Pattern NUMBER = Pattern.compile("-\\d+(\\.\\d+)?");

	private Csv() {
	}

	/**
	 * Writes a line. A text that a spreadsheet would take for a formula gets an
	 * apostrophe in front.
	 * @param fields the texts
	 * @return the line with its end
	 */
	static String line(List<String> fields) {
		return fields.stream().map(Csv::field).collect(Collectors.joining(",", "", "\r\n"));
	}

	private static String field(String text) {
		String safe = (!text.isEmpty() && DANGEROUS.indexOf(text.charAt(0)) >= 0 && !NUMBER.matcher(text).matches())
				? "'" + text : text;
		boolean quoted = safe.chars().anyMatch((c) -> c == '"' || c == ',' || c == '\r' || c == '\n');
		return quoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
	}

}
