package io.bemi.replay;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * A row: its columns as {@code jsonb} prints them.
 */
final class Image {

	/** SQL that turns an object into what {@link #read} reads. */
	static final String SQL = "(SELECT array_agg(key || E'\\t' || value::text) FROM jsonb_each(%s))";

	private Image() {
	}

	static String sql(String object) {
		return SQL.formatted(object);
	}

	static Map<String, String> read(ResultSet row, int column) throws SQLException {
		Map<String, String> image = new TreeMap<>();
		Array array = row.getArray(column);
		if (array != null) {
			for (String member : (String[]) array.getArray()) {
				int tab = member.indexOf('\t');
				image.put(member.substring(0, tab), member.substring(tab + 1));
			}
		}
		return image;
	}

	static Map<String, Integer> readNumbers(ResultSet row, int column) throws SQLException {
		Map<String, Integer> numbers = new TreeMap<>();
		read(row, column).forEach((name, number) -> numbers.put(name, Integer.valueOf(number)));
		return numbers;
	}

	static @Nullable String abbreviated(Map<String, String> image) {
		Map<String, String> shorter = new TreeMap<>();
		image.forEach((name, value) -> shorter.put(name,
				(value.length() > 60) ? value.substring(0, 60) + "…" + value.length() : value));
		return shorter.toString();
	}

}
